// What makes a secret one that nobody guesses, and a role list one that can be kept.
// Source: OWASP ASVS 4.0, 2.10 and 6.4 (no default or shared secrets); 32 characters as better-auth asks for.
// Does not measure how a secret was made: 32 random characters and 32 that a person thought up look alike.

const known =
  /secret|password|changeme|change-me|default|example|assay|better-auth|your[-_ ]|insecure|12345678|abcdefgh/i

/** Why a secret cannot be used to sign, or null. */
export function findSecretFault(secret: string): string | null {
  if (secret.length < 32) return `it has ${secret.length} characters, and 32 are the least`
  if (known.test(secret)) return 'it contains a word that stands in documentation and defaults'
  if (new Set(secret).size < 12) return 'it repeats too few characters'
  return null
}
