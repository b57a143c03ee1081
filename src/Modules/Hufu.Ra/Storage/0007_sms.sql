-- How a notice goes out: mail, or sms (a short message to the mobile phone on the form).
ALTER TABLE ra_notices ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
