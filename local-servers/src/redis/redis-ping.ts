import { connect } from 'node:net';

const ANSWER_MS_MAX = 2_000;

/**
 * Whether the Redis at a port of this machine serves commands, and is the process of that id: after
 * a lost race for a port, another one would answer.
 */
export function redisAnswers(port: number, pid: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const finish = (answers: boolean): void => {
      socket.destroy();
      done(answers);
    };
    socket.setEncoding('utf8').setTimeout(ANSWER_MS_MAX, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\nINFO server\r\n'));
    socket.on('data', (text: string) => {
      answer += text;
      // While it loads its data it answers PING with an error.
      if (answer.startsWith('-')) finish(false);
      const owner = /^process_id:(\d+)\r$/m.exec(answer)?.[1];
      if (owner !== undefined) finish(answer.startsWith('+PONG') && Number(owner) === pid);
    });
  });
}
