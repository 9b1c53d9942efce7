/** For facts about other processes, which tell nobody when they come true. */
const lookEveryMs = 20;
const patienceMs = 240_000;

export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not true within ${patienceMs} ms: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
