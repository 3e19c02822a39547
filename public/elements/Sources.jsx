import { useSetRecoilState } from 'recoil'
import { useEffect, useRef } from 'react'
import { sideViewState } from '@chainlit/react-client'

export default function Sources() {
  const setSideView = useSetRecoilState(sideViewState)
  const list = useRef(null)
  const open = (source) =>
    setSideView({
      title: `Source ${source.index}`,
      elements: [
        {
          id: `passage-${props.turn}-${source.index}`,
          type: 'custom',
          name: 'Passage',
          display: 'side',
          props: { turn: props.turn, index: source.index }
        }
      ]
    })

  useEffect(() => {
    const message = list.current && list.current.closest('.ai-message')
    if (!message) return
    const onClick = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
      const link = event.target.closest('a[href^="/documents/"]')
      const source = link && props.sources.find((each) => `[${each.index}]` === `[${link.textContent}]`)
      if (!source || !source.link) return
      event.preventDefault()
      open(source)
    }
    message.addEventListener('click', onClick)
    return () => message.removeEventListener('click', onClick)
  }, [props.turn])

  return (
    <section className="assistant-sources" aria-label="Sources" ref={list}>
      <h2>{props.sources.length === 1 ? 'Source' : 'Sources'}</h2>
      <ol>
        {props.sources.map((source) => (
          <li key={source.index}>
            {source.link ? (
              <button type="button" onClick={() => open(source)} data-source={source.index}>
                <span className="assistant-number">{source.index}</span>
                <span className="assistant-title">{source.title}</span>
                {source.section ? <span className="assistant-section">{source.section}</span> : null}
              </button>
            ) : (
              <div className="assistant-gone">
                <span className="assistant-number">{source.index}</span>
                <span className="assistant-section">This source is not available to you any more.</span>
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
