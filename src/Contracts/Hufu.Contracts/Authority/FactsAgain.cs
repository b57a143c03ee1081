namespace Hufu.Contracts;

/// <summary>
/// Asks that what happened since a moment is told to one room again, because it has lost it (its database was put back from a backup): <c>POST /api/ca/facts</c>, act <see cref="ActNames.CaFactsAgain"/>,
/// object <c>room/{Room}</c>. Of each certificate the present standing is told first (<see cref="CertificateRevoked"/>, <see cref="CertificateResumed"/>), then that it was issued (<see cref="CertificateIssued"/>):
/// nothing revoked is good for a moment.
/// </summary>
/// <param name="Room">The room, one that access.csv names for these facts.</param>
/// <param name="Since">From this moment on; take the backup's moment, or an earlier one: what is known there already does no harm.</param>
public sealed record FactsAgain(string Room, DateTimeOffset Since);

/// <summary>What was put into the room's outbox; it arrives in this order.</summary>
/// <param name="Number">The repetition's number in this CA.</param>
/// <param name="Room">The room.</param>
/// <param name="Since">From this moment on.</param>
/// <param name="Standings">Revocations, suspensions and liftings.</param>
/// <param name="Certificates">Certificates issued.</param>
public sealed record FactsRepeated(long Number, string Room, DateTimeOffset Since, long Standings, long Certificates);
