import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Disks of one's own, as root: a small one that can be filled, and one whose machine can lose power. */

function run(command: string, ...words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, [...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr || error?.message}`)
}

function folderIn(name: string): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `lataamo-${name}-`)))
}

/** Where the machine lets nobody mount (a container, no root), there are none. */
export function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const folder = folderIn('mount')
  const may = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (may) spawnSync('umount', ['-l', folder])
  fs.rmSync(folder, { recursive: true })
  return may
}

export interface SmallDisk {
  readonly folder: string
  /** Leaves this share of it, by a file of chance bytes. */
  fill(leave: number): void
  /** Takes that file away. */
  free(): void
  remove(): void
}

export function makeSmallDisk(megabytes: number): SmallDisk {
  const folder = folderIn('small')
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', folder)
  const file = path.join(folder, 'filled')
  return {
    folder,
    fill(leave) {
      const { bavail, bsize, blocks } = fs.statfsSync(folder)
      const bytes = Math.max(0, Math.floor(bavail * bsize - blocks * bsize * leave))
      spawnSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=64k', 'iflag=count_bytes', `count=${bytes}`, 'status=none'])
    },
    free: () => fs.rmSync(file, { force: true }),
    remove() {
      spawnSync('umount', ['-l', folder])
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface CutDisk {
  readonly folder: string
  /** The power is gone: what was not synced is lost, and nothing more is written. */
  cut(): void
  /** The machine comes up again: the file system's journal is replayed. Nobody may work there meanwhile. */
  comeBack(): void
  remove(): void
}

/** EXT4_IOC_SHUTDOWN with "no flush of the journal": as when the cable is pulled. */
const CUT = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))`

export function makeCutDisk(megabytes = 1_500): CutDisk {
  const folder = folderIn('cut')
  const image = `${folder}.img`
  run('truncate', '-s', `${megabytes}M`, image)
  run('mkfs.ext4', '-q', '-F', image)
  const mount = (): void => run('mount', '-o', 'loop', image, folder)
  const unmount = (): void => {
    for (let tries = 0; spawnSync('umount', [folder]).status !== 0; tries += 1) {
      if (tries > 50) throw new Error(`${folder} is still in use`)
      spawnSync('sleep', ['0.1'])
    }
  }
  mount()
  fs.chmodSync(folder, 0o711)
  return {
    folder,
    cut: () => run('python3', '-c', CUT, folder),
    comeBack() {
      unmount()
      mount()
    },
    remove() {
      spawnSync('umount', ['-l', folder])
      fs.rmSync(folder, { recursive: true, force: true })
      fs.rmSync(image, { force: true })
    },
  }
}
