-- When a station last said something, apart from when it was last heard: one that answers pings may say nothing any more.

alter table stations add column last_said_at timestamptz;
