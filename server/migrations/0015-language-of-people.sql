-- People who have not chosen a language read the one their browser asks for (GEN-L10N).
alter table staff alter column language drop not null;
