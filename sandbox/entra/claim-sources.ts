/** User properties that a claim may be taken from, as claims spell them → as the directory does. */
export const USER_SOURCES: Readonly<Record<string, string>> = {
  userprincipalname: 'userPrincipalName',
  localuserprincipalname: 'userPrincipalName',
  mail: 'mail',
  givenname: 'givenName',
  surname: 'surname',
  displayname: 'displayName',
  objectid: 'id',
  employeeid: 'employeeId',
  mailnickname: 'mailNickname',
  department: 'department',
  companyname: 'companyName',
  jobtitle: 'jobTitle',
  telephonenumber: 'mobilePhone',
  preferredlanguage: 'preferredLanguage',
};

/** User properties that a NameID may be taken from. */
export const NAME_ID_SOURCES = ['userprincipalname', 'mail', 'employeeid', 'telephonenumber'];
