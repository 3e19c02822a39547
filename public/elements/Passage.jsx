import { useEffect, useState } from 'react'
import { ExternalLink } from 'lucide-react'

export default function Passage() {
  const [passage, setPassage] = useState(null)
  const [missing, setMissing] = useState(false)

  useEffect(() => {
    let current = true
    setPassage(null)
    setMissing(false)
    fetch(`/api/passages?turn=${encodeURIComponent(props.turn)}&index=${encodeURIComponent(props.index)}`)
      .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
      .then((found) => current && setPassage(found))
      .catch(() => current && setMissing(true))
    return () => {
      current = false
    }
  }, [props.turn, props.index])

  if (missing) return <p className="assistant-quiet">This source is not available to you any more.</p>
  if (!passage) return <p className="assistant-quiet">Fetching the passage…</p>
  return (
    <article className="assistant-passage">
      <h2>{passage.title}</h2>
      <p className="assistant-quiet">
        {[passage.section !== passage.title && passage.section, passage.updated && `Updated ${passage.updated}`]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {passage.found ? null : (
        <p className="assistant-changed">
          The document has changed since this answer. This is what it said then.
        </p>
      )}
      {/* Rendered on the server with every character of the document escaped. */}
      <div className="assistant-prose" dangerouslySetInnerHTML={{ __html: passage.html }} />
      <a className="assistant-open" href={passage.link} target="_blank" rel="noopener">
        Open the whole document <ExternalLink size={14} />
      </a>
    </article>
  )
}
