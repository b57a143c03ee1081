export const agent = 'http://127.0.0.1:17880';
