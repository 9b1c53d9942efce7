/** What file system a folder is on, where that decides whether changes in it are told. */
import { readFileSync } from 'node:fs';

/**
 * Network file systems, and folders of a host in its containers and virtual machines: the system tells of changes that
 * are made through it, not of those that are made at the other end.
 */
const shared =
  /^(?:nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|lustre|gpfs|vboxsf|prl_fs|virtiofs|fakeowner|vmhgfs|osxfs|grpcfuse|fuse\.(?!fuse-overlayfs$|portal$|gvfsd).+)$/;

interface Mount {
  readonly at: string;
  readonly type: string;
}

/** The name of its file system if changes in the folder may not be told; undefined also where that is not known. */
export function sharedFileSystem(folder: string, mountInfo = readMountInfo()): string | undefined {
  const mount = mountsIn(mountInfo)
    .filter(({ at }) => at === '/' || folder === at || folder.startsWith(`${at}/`))
    // Of two at one place the later one is seen.
    .reduce<Mount | undefined>(
      (best, one) => (one.at.length >= (best?.at.length ?? 0) ? one : best),
      undefined,
    );
  // A sandbox that has all its files by such a system makes its changes by it, too.
  return mount === undefined || mount.at === '/' || !shared.test(mount.type) ? undefined : mount.type;
}

/** Empty where the system has none. */
export function readMountInfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** proc(5): ID PARENT DEVICE ROOT PLACE OPTIONS … - TYPE SOURCE OPTIONS. */
function mountsIn(mountInfo: string): Mount[] {
  return mountInfo.split('\n').flatMap((line) => {
    const [, at, type] = /^(?:\S+ ){4}(\S+) .*? - (\S+) /.exec(line) ?? [];
    return at === undefined || type === undefined ? [] : [{ at: unescaped(at), type }];
  });
}

function unescaped(place: string): string {
  return place.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
