-- What the machine keeps is read and written by this program alone, as the text it is: reading it into jsonb and back cost
-- each report more than keeping it.
alter table sessions alter column machine type text using machine::text, alter column progress type text using progress::text;
