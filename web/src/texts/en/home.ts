/** Words of the first page. */
export const home = {
  title: 'The log book of every car',
  lead: 'One history for each car, written by those who worked on it, kept by companies that compete, opened by its owner alone.',
  doorsTitle: 'Who are you?',
  factsTitle: 'Why it exists',
  facts: [
    {
      figure: '15 %',
      means: 'of cars sold second-hand in Europe had their odometer turned back.',
    },
    {
      figure: '10',
      means: 'vehicles of five owners at least stand behind every number that is sold.',
    },
    { figure: '1', means: 'block behind every answer: anybody with the ledger can recompute it.' },
  ],
  state: {
    loading: 'Asking for the newest block …',
    exact: 'Exact at block',
    away: 'The ledger’s answers are away at the moment.',
  },
};
