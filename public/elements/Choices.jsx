export default function Choices() {
  return (
    <div className="assistant-choices" role="group" aria-label="What did you mean?">
      {props.choices.map((choice) => (
        <button key={choice} type="button" onClick={() => sendUserMessage(choice)}>
          {choice}
        </button>
      ))}
    </div>
  )
}
