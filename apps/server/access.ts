import type { AccessRow, AccessTable } from '#platform/http/access.ts'

/** What a teacher does with one's own batches, and an administrator with all of the school. */
const batchWork: AccessRow = { admin: 'school', teacher: 'own' }

/** What only its owner does with a batch that is shared. */
const ownersWork: AccessRow = { admin: 'school', teacher: 'made' }

/**
 * The authorisation matrix: route × role × whose. Another school's thing is 404, exactly as an absent one; so is
 * another teacher's. A test walks the running server's routes and holds it against this table.
 */
export const access: AccessTable = {
  'GET /': 'open',
  'GET /*': 'open',
  'GET /assets/*': 'open',
  'GET /favicon.svg': 'open',
  'GET /health': 'operator',
  'GET /health/live': 'open',
  'GET /health/ready': 'open',
  'GET /metrics': 'operator',
  'GET /api/openapi.json': 'open',
  // Asks who it is itself: a client may say so in its first frame.
  'GET /realtime': 'open',

  'POST /api/auth/sign-in/email': 'open',
  'POST /api/auth/sign-out': 'open',
  'GET /api/auth/get-session': 'open',
  'GET /api/auth/token': 'open',
  'GET /api/auth/jwks': 'open',
  'POST /api/auth/sign-in/sso': 'open',
  'GET /api/auth/sso/callback/:providerId': 'open',
  'GET /api/v1/sign-in-methods': 'open',
  'POST /api/v1/owner-session': 'open',
  'POST /api/v1/owner-password': 'signed-in',
  'DELETE /api/v1/owner-password': 'signed-in',
  'POST /api/v1/invitations/look-up': 'open',
  'POST /api/v1/invitations/accept': 'open',
  'POST /api/v1/password-resets/request': 'open',
  'POST /api/v1/password-resets': 'open',
  'GET /api/v1/me': 'signed-in',
  'POST /api/v1/me/password': 'signed-in',
  'GET /api/v1/user-sessions': 'signed-in',
  'DELETE /api/v1/user-sessions': 'signed-in',
  'DELETE /api/v1/user-sessions/:sessionId': 'signed-in',
  'GET /api/v1/people': { admin: 'school' },
  'PATCH /api/v1/people/:userId': { admin: 'school' },
  'POST /api/v1/people/:userId/password-reset': { admin: 'school' },
  'GET /api/v1/invitations': { admin: 'school' },
  'POST /api/v1/invitations': { admin: 'school' },
  'DELETE /api/v1/invitations/:invitationId': { admin: 'school' },
  'GET /api/v1/school': { admin: 'school', teacher: 'school' },
  'PATCH /api/v1/school': { admin: 'school' },

  'POST /api/v1/batches': { admin: 'school', teacher: 'own' },
  'GET /api/v1/batches': batchWork,
  'GET /api/v1/batches/:batchId': batchWork,
  'PATCH /api/v1/batches/:batchId': batchWork,
  'DELETE /api/v1/batches/:batchId': ownersWork,
  'POST /api/v1/batches/:batchId/restore': ownersWork,
  'GET /api/v1/batches/:batchId/people': batchWork,
  'PUT /api/v1/batches/:batchId/people/:userId': ownersWork,
  'DELETE /api/v1/batches/:batchId/people/:userId': ownersWork,
  'POST /api/v1/batches/:batchId/files': batchWork,
  'GET /api/v1/batches/:batchId/files': batchWork,
  'POST /api/v1/batches/:batchId/pipeline-runs': batchWork,
  'GET /api/v1/batches/:batchId/pipeline-runs': batchWork,
  'GET /api/v1/batches/:batchId/results': batchWork,
  'GET /api/v1/batches/:batchId/class': batchWork,
  'GET /api/v1/batches/:batchId/rows': batchWork,
  'GET /api/v1/batches/:batchId/export': batchWork,
  'GET /api/v1/pipeline-runs/:runId': batchWork,
  'POST /api/v1/pipeline-runs/:runId/pause': batchWork,
  'POST /api/v1/pipeline-runs/:runId/resume': batchWork,
  'POST /api/v1/pipeline-runs/:runId/cancel': batchWork,
  'DELETE /api/v1/files/:fileUploadId': batchWork,
  'POST /api/v1/files/:fileUploadId/restore': batchWork,
  'POST /api/v1/files/:fileUploadId/replace': batchWork,
  'GET /api/v1/files/:fileUploadId/original': batchWork,
  'GET /api/v1/files/:fileUploadId/trace': batchWork,
  'GET /api/v1/traces/:correlationId': { admin: 'school' },
  'GET /api/v1/broken-chains': { admin: 'school' },
  'GET /api/v1/status': { admin: 'school' },
  'POST /api/v1/dead-letters/replay': { admin: 'school' },
  'POST /api/v1/dead-letters/:subscription/:seq/replay': { admin: 'school' },
  'GET /api/v1/essays/:essayId': batchWork,
  'POST /api/v1/essays/:essayId/retry': batchWork,
}
