/** What is asked of processes, and who waits for the answer. */
import type { FromGeneration } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ControlPeer } from './control-server.ts';

type Subject = 'files' | 'modules' | 'requests' | 'marks';
export type Answer = FromGeneration & { readonly type: Subject };

export class Questions {
  private readonly open = new Map<
    number,
    { readonly peer: ControlPeer; answer(message: Answer | undefined): void }
  >();
  private last = 0;

  /** Undefined: it is gone. */
  ask(peer: ControlPeer, type: Subject): Promise<Answer | undefined> {
    return this.put(peer, type).answer;
  }

  /** Undefined also if it has not answered within `ms`: its runtime may not know the question. */
  askSoon(peer: ControlPeer, type: Subject, clock: Clock, ms: number): Promise<Answer | undefined> {
    const { id, answer } = this.put(peer, type);
    const patience = clock.setTimeout(() => this.open.get(id)?.answer(undefined), ms);
    return answer.finally(() => patience.cancel());
  }

  answered(id: number, answer: Answer): void {
    this.open.get(id)?.answer(answer);
  }

  gone(peer: ControlPeer): void {
    for (const question of [...this.open.values()]) if (question.peer === peer) question.answer(undefined);
  }

  private put(peer: ControlPeer, type: Subject): { id: number; answer: Promise<Answer | undefined> } {
    this.last += 1;
    const id = this.last;
    const answer = new Promise<Answer | undefined>((resolve) => {
      this.open.set(id, {
        peer,
        answer: (message) => {
          this.open.delete(id);
          resolve(message);
        },
      });
    });
    peer.send({ type, id });
    return { id, answer };
  }
}
