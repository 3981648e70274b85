// The databases of these tests are on PostgreSQL.
process.env['TEST_DATABASE'] = 'postgres';
