import { createTheme, type CSSVariablesResolver, Input, Modal } from '@mantine/core'

/** Mantine in our tokens: its own default colours fail WCAG contrast. */
export const theme = createTheme({
  fontFamily: 'var(--la-font)',
  fontFamilyMonospace: 'var(--la-mono)',
  defaultRadius: 6,
  autoContrast: true,
  luminanceThreshold: 0.18,
  primaryShade: 8,
  respectReducedMotion: true,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem' },
  components: {
    Modal: Modal.extend({
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 90 } },
    }),
    Input: Input.extend({
      vars: () => ({ wrapper: { '--input-height': '2rem', '--input-fz': '0.8125rem' } as never }),
    }),
  },
})

const tokens = {
  '--mantine-color-body': 'var(--la-surface)',
  '--mantine-color-text': 'var(--la-ink)',
  '--mantine-color-dimmed': 'var(--la-ink-3)',
  '--mantine-color-placeholder': 'var(--la-ink-3)',
  '--mantine-color-default': 'var(--la-surface)',
  '--mantine-color-default-color': 'var(--la-ink)',
  '--mantine-color-default-hover': 'var(--la-surface-2)',
  '--mantine-color-default-border': 'var(--la-line-strong)',
  '--mantine-color-error': 'var(--la-faulted)',
  '--mantine-color-anchor': 'var(--la-accent-text)',
  '--mantine-primary-color-filled': 'var(--la-accent)',
  '--mantine-primary-color-contrast': 'var(--la-accent-on)',
  '--mantine-primary-color-light': 'var(--la-accent-soft)',
  '--mantine-primary-color-light-color': 'var(--la-accent-text)',
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens })
