/** Words for when something is not there. */
export const trouble = {
  missing: {
    title: 'There is no such page',
    hint: 'The address may be mistyped, or the page has moved.',
    back: 'To the first page',
  },
  bug: {
    title: 'Something went wrong here',
    hint: 'It is our fault and it was logged. Nothing that you did is lost. Try again in a moment.',
  },
};
