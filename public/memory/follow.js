// Keeps gauge, marker and panel true: the server says when a turn has ended; Chainlit redraws its page as it likes.

import { memoryOf } from './client.js'
import { putNoticeAway, sayForgotten } from './forgetting.js'
import { onGauge, placeGauge, setGauge } from './gauge.js'
import { onMarker, placeMarker } from './marker.js'
import { closeUnless, fill, isOpen, openPanel } from './panel.js'

// The conversation is folded after its answer was delivered; with a model that takes seconds.
const LOOK_AGAIN_MS = [0, 2_000, 10_000]

let thread = ''
let view = null
let looks = []
let asked = 0
let drawing = 0
let talked = false

export function follow() {
  sayForgotten()
  onGauge(open)
  onMarker(open)
  window.addEventListener('message', hear)
  new MutationObserver(drawSoon).observe(document.body, { childList: true, subtree: true })
}

function hear(event) {
  const { assistantThread: named, assistantTurn: turn } = (event.source === window && event.data) || {}
  if (typeof named !== 'string' || !/^[\w-]{1,64}$/.test(named)) return
  if (named !== thread) show(named, null)
  if (turn === 'started') putNoticeAway()
  if (turn !== 'ended') return
  looks.forEach(clearTimeout)
  looks = LOOK_AGAIN_MS.map((delay) => setTimeout(look, delay))
}

async function look() {
  const [of, number] = [thread, ++asked]
  if (!of) return
  let found = view
  try {
    found = await memoryOf(of)
  } catch (error) {
    if (error.status === 404) found = null // forgotten elsewhere, or not stored yet
  }
  if (of === thread && number === asked) show(of, found)
}

function show(ofThread, found) {
  thread = ofThread
  view = found
  closeUnless(thread)
  if (view) setGauge(view)
  if (isOpen() && view) fill(view)
  drawSoon()
}

function open() {
  const of = thread
  openPanel(of, view, (left) => {
    asked += 1 // what was asked before is older than what is left
    if (of === thread) show(of, left)
  })
  look()
}

function drawSoon() {
  drawing = drawing || requestAnimationFrame(place)
}

function place() {
  drawing = 0
  const talking = document.querySelector('[data-step-type]') !== null
  if (talked && !talking) leave()
  talked = talking
  placeGauge(talking && view)
  placeMarker(view)
}

/** The transcript was cleared: for a new chat, or for another one that is announced next. */
function leave() {
  looks.forEach(clearTimeout)
  thread = ''
  closeUnless(thread)
  view = null
}
