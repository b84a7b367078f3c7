/** @jsxImportSource hono/jsx/dom */

/** What went wrong, read out at once; nothing where nothing did. */
export function FailureNote({ failure }: { readonly failure: string }) {
  if (failure === '') return null;
  return (
    <p class="notice notice-bad" role="alert">
      {failure}
    </p>
  );
}
