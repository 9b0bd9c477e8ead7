import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DeliveryDetail } from '../../api-types.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { About } from './About.tsx'
import { deliveryQuery } from './webhook-query.ts'

/** One delivery: its last tries with what the target said, and the body as it is sent. */
export function DeliveryShown(props: { readonly webhookId: string; readonly id: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const delivery = useQuery(deliveryQuery(props.webhookId, props.id))
  return (
    <Dialog size="lg" onClose={props.close} title={t('portal.webhooks.detail.title')}>
      {delivery.data !== undefined ? (
        <Detail delivery={delivery.data} />
      ) : delivery.isError ? (
        <Failed error={delivery.error} retry={() => void delivery.refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  )
}

function Detail({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t } = useTranslation()
  const { history } = delivery
  return (
    <div className="col g3">
      <dl className="kv">
        <dt>{t('portal.webhooks.about-head')}</dt>
        <dd>
          <About delivery={delivery} />
        </dd>
        <dt>{t('portal.webhooks.detail.id')}</dt>
        <dd className="mono break">{delivery.messageId}</dd>
      </dl>
      <section className="col g1" aria-label={t('portal.webhooks.detail.tries')}>
        <h3 className="b">{t('portal.webhooks.detail.tries')}</h3>
        {history.length === 0 && <p className="mid">{t('portal.webhooks.detail.no-tries')}</p>}
        <ol className="list-plain">
          {history.toReversed().map((one) => (
            <li key={one.at} className="col">
              <span className="row wrap">
                <Time at={one.at} />
                <span className="m">
                  {one.cause?.text ?? t('portal.webhooks.detail.taken', { status: one.status })}
                </span>
                <span className="dim t12">{t('portal.webhooks.detail.took', { ms: one.tookMs })}</span>
              </span>
              {(one.answer ?? one.detail) !== undefined && (
                <span className="t12 mid break">
                  {one.answer === undefined ? '' : `${t('portal.webhooks.detail.answer')}: `}
                  {one.answer ?? one.detail}
                </span>
              )}
            </li>
          ))}
        </ol>
      </section>
      <section className="col g1" aria-label={t('portal.webhooks.detail.body')}>
        <h3 className="b">{t('portal.webhooks.detail.body')}</h3>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
        <pre className="code mono" tabIndex={0}>
          {pretty(delivery.body)}
        </pre>
      </section>
    </div>
  )
}

function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2)
}
