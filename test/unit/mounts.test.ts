import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedFileSystem } from '../../src/supervisor/disk/mounts.ts';

/** As containers, virtual machines and network homes have it. */
const mountInfo = `
22 28 0:20 / /proc rw,nosuid shared:5 - proc proc rw
28 1 0:31 / / rw,relatime - overlay overlay rw,lowerdir=/a:/b
40 28 0:50 /Users/me /repo rw,relatime - fakeowner /run/host_mark/Users rw
41 28 0:51 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\
42 28 0:52 / /home/me\\040too rw shared:9 master:2 - nfs4 server:/export rw,vers=4.2
43 40 8:1 /v /repo/node_modules rw - ext4 /dev/vda1 rw
44 28 0:53 / /remote rw - fuse.sshfs me@there:/ rw
45 28 0:54 / /rootless rw - fuse.fuse-overlayfs fuse-overlayfs rw
46 44 0:55 / /remote rw - tmpfs tmpfs rw
`;

for (const [folder, type] of [
  ['/repo', 'fakeowner'],
  ['/repo/src', 'fakeowner'],
  ['/repository', undefined],
  ['/repo/node_modules/pkg', undefined],
  ['/mnt/c/app', '9p'],
  ['/home/me too/app', 'nfs4'],
  ['/home/me', undefined],
  ['/remote/app', undefined],
  ['/rootless/app', undefined],
  ['/app', undefined],
] as const) {
  test(`changes in ${folder} ${type === undefined ? 'are told' : `may not be told (${type})`}`, () => {
    assert.equal(sharedFileSystem(folder, mountInfo), type);
  });
}

test('a sandbox all of whose files come by 9p is told of its own changes', () => {
  assert.equal(sharedFileSystem('/app', '28 1 0:31 / / rw - 9p none rw'), undefined);
});
