namespace Hufu.Contracts;

/// <summary>RA → KMC: a recovery that the RA has entered and reviewed becomes the key centre's case, state <see cref="CaseState.Requested"/> (6.2.8-b). The key centre's own people take it up, review and
/// release it as any other; the order itself gives nothing away. What becomes of it comes back as <see cref="RecoveryMoved"/>.</summary>
/// <param name="RaCase">The RA's number of it, up to 64 characters.</param>
/// <param name="Request">As a holder would ask on the key centre's user page.</param>
public sealed record OpenRecovery(string RaCase, RecoveryRequest Request) : IOrder<RecoveryOpened>;

/// <summary>KMC → RA: it waits for an operator.</summary>
/// <param name="KeyCentreCase">The key centre's number of it.</param>
public sealed record RecoveryOpened(string KeyCentreCase);

/// <summary>RA → KMC: the holder's one-time code, given at the RA; answered with the keys under the holder's new signing key, which the RA cannot open. A wrong code counts a try, as at the key centre's own door.</summary>
/// <param name="KeyCentreCase">The key centre's number of it; one that this RA has opened.</param>
/// <param name="Code">The one-time code.</param>
public sealed record FetchRecovered(string KeyCentreCase, string Code) : IOrder<RecoveredKeys>;

/// <summary>KMC → RA: how far a recovery is that the RA has opened. Names nobody and carries no code.</summary>
/// <param name="RaCase">The RA's number of it.</param>
/// <param name="KeyCentreCase">The key centre's.</param>
/// <param name="State">How far it is now.</param>
/// <param name="CodeUntil">Until when the one-time code opens the download; null when none is out.</param>
public sealed record RecoveryMoved(string RaCase, string KeyCentreCase, CaseState State, DateTimeOffset? CodeUntil) : IFact;
