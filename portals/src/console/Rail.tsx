import { Menu } from '@mantine/core'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Icon } from '../parts/Icon.tsx'
import { OpenAlerts } from './OpenAlerts.tsx'
import type { Task } from './tasks.ts'

/** What one may do. On a phone it is a bar with the few that matter there; the others, and the help, stand behind its last button. */
export function Rail({ tasks, help }: { readonly tasks: readonly Task[]; readonly help: () => void }) {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const isHere = ({ pages: [home] }: Task): boolean => path === home.path || path.startsWith(`${home.path}/`)
  return (
    <nav className="rail" aria-label={t('portal.shell.nav')}>
      {tasks.map((task) => (
        <RailLink key={task.id} task={task} isHere={isHere(task)} />
      ))}
      <div className="end" />
      <button type="button" className="rail-help" onClick={help}>
        <Icon name="help" />
        <span className="tx">{t('portal.keys.title')}</span>
        <span className="k dim t12" aria-hidden="true">
          ?
        </span>
      </button>
      <More tasks={tasks.filter(({ isOnPhone }) => isOnPhone !== true)} isHere={isHere} help={help} />
    </nav>
  )
}

function RailLink({ task, isHere }: { readonly task: Task; readonly isHere: boolean }) {
  const { t } = useTranslation()
  return (
    <Link
      to={task.pages[0].path}
      className={`${isHere ? 'on' : ''}${task.isOnPhone === true ? '' : ' later'}`}
      aria-current={isHere ? 'page' : undefined}
      title={t(task.word)}
    >
      <Icon name={task.icon} />
      <span className="tx">{t(task.word)}</span>
      {task.id === 'alerts' && <OpenAlerts />}
      <span className="k dim t12" aria-hidden="true">
        {task.keys.toUpperCase()}
      </span>
    </Link>
  )
}

/** Shown on a phone only. It is marked while one of its pages is open. */
function More(props: {
  readonly tasks: readonly Task[]
  readonly isHere: (task: Task) => boolean
  readonly help: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const isIn = props.tasks.some(props.isHere)
  return (
    <Menu position="top-end" withinPortal classNames={{ dropdown: 'rail-sheet' }}>
      <Menu.Target>
        <button type="button" className={isIn ? 'rail-more on' : 'rail-more'}>
          <Icon name="more" />
          <span className="tx">{t('portal.shell.more')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {props.tasks.map((task) => (
          <Menu.Item
            key={task.id}
            leftSection={<Icon name={task.icon} />}
            aria-current={props.isHere(task) ? 'page' : undefined}
            onClick={() => void navigate({ to: task.pages[0].path })}
          >
            {t(task.word)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="help" />} onClick={props.help}>
          {t('portal.keys.title')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
