import fs from 'node:fs'
import net from 'node:net'

/** Held while this process may write to a data folder. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * One writer per folder: an abstract Unix socket named by the folder's device and inode, so that a symbolic link or a bind mount is no way
 * round it and a kill -9 releases it. Throws a sentence that names the holder.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const name = nameOf(folder)
  const server = net.createServer((socket) => socket.on('error', () => {}).end(`process ${process.pid}`))
  server.unref()
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(name, resolve))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(
      `${folder} is in use by another Lataamo (${await holder(name)}): stop that one, or set DATA_DIR to another folder.`,
    )
  }
  return { release: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Whether a process holds the folder's lock now. */
export async function isHeld(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(nameOf(folder))
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function nameOf(folder: string): string {
  const { dev, ino } = fs.statSync(folder)
  return `\0lataamo-${dev}-${ino}`
}

function holder(name: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = net.connect(name)
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => resolve(text || 'process unknown'))
    socket.on('error', () => {})
  })
}
