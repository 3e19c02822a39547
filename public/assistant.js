import { follow } from './memory/follow.js'

// Chainlit names the conversation in the address only where its sidebar is open; on a phone a reload would lose it.
window.addEventListener('message', (event) => {
  const thread = event.source === window && event.data && event.data.assistantThread
  if (typeof thread !== 'string' || !/^[\w-]{1,64}$/.test(thread)) return
  setTimeout(() => {
    if (location.pathname === '/' && document.querySelector('[data-step-type]')) {
      history.replaceState(history.state, '', `/thread/${thread}`)
    }
  }, 1500)
})

follow()
