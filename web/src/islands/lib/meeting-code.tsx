/** @jsxImportSource hono/jsx/dom */
import { QrCode } from './qr-code.tsx';

/** The code by which another person's phone comes to a meeting, as a picture and as a link. */
export function MeetingCode({
  id,
  link,
  texts: { scan, label = scan, waiting },
}: {
  /** Of the link. */
  readonly id: string;
  readonly link: string;
  readonly texts: { readonly scan: string; readonly label?: string; readonly waiting: string };
}) {
  return (
    <>
      <p>{scan}</p>
      <QrCode text={link} label={label} />
      <p>
        <code id={id}>{link}</code>
      </p>
      <p class="quiet">{waiting}</p>
    </>
  );
}
