import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API of a running server is, while the portals are developed with `npx vite portals`. */
const server = 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Inlined assets would be data: addresses, which the content security policy of the server refuses.
    assetsInlineLimit: 0,
    // MapLibre is one chunk of a megabyte; it is loaded by the map alone.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': server, '/languages': server } },
})
