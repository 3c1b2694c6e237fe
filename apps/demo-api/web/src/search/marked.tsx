/** Text in which the words that were found stand in `<em>`: shown as marks, whatever else the text holds. */
export function Marked({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(<em>.*?<\/em>)/)
        .map((part, at) => (part.startsWith('<em>') ? <mark key={at}>{part.slice(4, -5)}</mark> : part))}
    </>
  );
}
