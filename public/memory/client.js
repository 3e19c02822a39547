// What the server is asked. Failures come back as an error whose message may be shown.

const BUSY = "I'm still working on your message. Please try again in a moment."
const FAILED = "That didn't work. Please try again in a moment."

async function ask(path, { method = 'GET', body } = {}) {
  let response
  try {
    response = await fetch(path, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body && JSON.stringify(body)
    })
  } catch {
    throw Object.assign(new Error(FAILED), { status: 0 })
  }
  if (!response.ok) throw Object.assign(new Error(response.status === 409 ? BUSY : FAILED), { status: response.status })
  return response.json()
}

const of = (thread) => `/api/memory/${encodeURIComponent(thread)}`

export const memoryOf = (thread) => ask(of(thread))
export const forgetItem = (thread, item) => ask(`${of(thread)}/${encodeURIComponent(item)}`, { method: 'DELETE' })
export const recallAcross = (on) => ask('/api/preferences', { method: 'PUT', body: { recall_across: on } })
export const forgetConversation = (thread) => ask('/project/thread', { method: 'DELETE', body: { threadId: thread } })
