namespace Hufu.Contracts;

/// <summary>Proposes to destroy pairs of the history store whose retention has ended: <c>POST /api/kmc/destructions</c>, act <see cref="ActNames.KmcDestructionPropose"/>; answered with <see cref="CaseStep"/>. Then
/// <c>…/{id}/approve</c> or <c>…/{id}/refuse</c> by a business administrator, <c>…/{id}/witness</c> by an auditor, <c>…/{id}/perform</c> by an operator.</summary>
/// <param name="Pairs">Numbers of the pairs, 1 to 10,000, ascending; what is approved is exactly these.</param>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record DestructionProposal(IReadOnlyList<long> Pairs, string Reason);

/// <summary>Pairs whose retention has ended: <c>GET /api/kmc/destructions/due</c>.</summary>
/// <param name="Pairs">Their numbers, ascending; at most 10,000.</param>
public sealed record DestructionDue(IReadOnlyList<long> Pairs);

/// <summary>What a page needs to propose a destruction: <c>GET /api/kmc/destructions/desk</c>, in a session of who may <see cref="ActNames.KmcCasesRead"/>.</summary>
/// <param name="Pairs">Pairs whose retention has ended and that no open case holds, the longest ended first; at most 1,000: the rest come when these are gone.</param>
/// <param name="Most">Most pairs in one proposal.</param>
/// <param name="Propose">Whether the reader may propose, and who may.</param>
public sealed record DestructionDesk(IReadOnlyList<DuePair> Pairs, int Most, ActRight Propose);

/// <summary>A pair whose retention has ended.</summary>
/// <param name="Pair">Its number, as in <see cref="DestructionProposal.Pairs"/>.</param>
/// <param name="Ca">The CA that it was given to.</param>
/// <param name="UserCertNumber">Number of the encryption certificate, hex.</param>
/// <param name="Ended">When the certificate ended.</param>
/// <param name="Retired">When the pair came into the history store.</param>
public sealed record DuePair(long Pair, string Ca, string UserCertNumber, DateTimeOffset Ended, DateTimeOffset Retired);

/// <summary>Proves that escrowed keys open: <c>POST /api/kmc/drills</c>, act <see cref="ActNames.KmcDrillRun"/>.</summary>
/// <param name="Pairs">How many pairs to try, 1 to 1,000; taken evenly from the stores.</param>
public sealed record RecoveryDrill(int Pairs);

/// <summary>A drill's result.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Time">When.</param>
/// <param name="Tried">Pairs that were tried.</param>
/// <param name="Opened">Pairs whose escrowed key opened what had been encrypted to the public key.</param>
/// <param name="Failed">Numbers of the pairs that did not; at most 100.</param>
/// <param name="Evidence">SM3 over the test ciphertexts, hex.</param>
public sealed record DrillReport(long Number, DateTimeOffset Time, int Tried, int Opened, IReadOnlyList<long> Failed, string Evidence);

/// <summary>The storage key is changed: answer to <c>POST /api/kmc/storage-key</c>, act <see cref="ActNames.KmcStorageKeyChange"/>. The device was backed up anew.</summary>
/// <param name="From">The generation that is being left.</param>
/// <param name="To">The generation for everything from now on.</param>
/// <param name="Shares">The new backup's shares; the old shares open the old backup only.</param>
public sealed record StorageKeyChanged(long From, long To, IReadOnlyList<ShareDelivery> Shares);

/// <summary>The storage key and how far the re-encryption is: <c>GET /api/kmc/storage-key</c>.</summary>
/// <param name="Generation">In use.</param>
/// <param name="From">The generation that is being left; null when none is.</param>
/// <param name="Resealed">Pairs re-encrypted so far.</param>
/// <param name="Total">Pairs that there were at the beginning.</param>
/// <param name="Destroyed">Generations whose key has been destroyed.</param>
public sealed record StorageKeyState(long Generation, long? From, long Resealed, long Total, IReadOnlyList<long> Destroyed);

/// <summary>What a page needs to change the storage key: <c>GET /api/kmc/storage-key/desk</c>, in a session of who may <see cref="ActNames.KmcCasesRead"/>.</summary>
/// <param name="State">The key and the re-encryption.</param>
/// <param name="Object">What the act names as its object: <c>storage-key/{generation}</c>.</param>
/// <param name="Change">Whether the reader may change it, and who may.</param>
/// <param name="Hindrance">Why nobody can at the moment, as a refusal's code in kebab-case (a change is under way, too few share holders, restored and not reconciled); null when it can be done.</param>
/// <param name="Evidence">The hindrance in words; null when there is none.</param>
/// <param name="Holders">Who would get the new shares, by number.</param>
/// <param name="HoldersWanted">How many share holders policy wants.</param>
/// <param name="Changes">The changes so far, newest first; at most 100.</param>
public sealed record StorageKeyDesk(
    StorageKeyState State, string Object, ActRight Change, string? Hindrance, string? Evidence, IReadOnlyList<string> Holders, int HoldersWanted, IReadOnlyList<StorageKeyStep> Changes);

/// <summary>A change of the storage key.</summary>
/// <param name="From">The generation that was left.</param>
/// <param name="To">The generation after it.</param>
/// <param name="By">Who changed it; null for changes before this was kept.</param>
/// <param name="Begun">When.</param>
/// <param name="Ended">When every pair was under the new key and the old one destroyed; null while it is under way.</param>
/// <param name="Resealed">Pairs re-encrypted.</param>
/// <param name="Total">Pairs that there were.</param>
public sealed record StorageKeyStep(long From, long To, string? By, DateTimeOffset Begun, DateTimeOffset? Ended, long Resealed, long Total);

/// <summary>How the spare store is being refilled: <c>GET /api/kmc/refills</c>.</summary>
/// <param name="Running">Whether pairs are being made now.</param>
/// <param name="Wanted">How many the present or last refill was for.</param>
/// <param name="Made">How many of them are in the store.</param>
/// <param name="Spare">Pairs in the spare store.</param>
/// <param name="Low">Below so many it is refilled by itself.</param>
/// <param name="Full">To so many.</param>
public sealed record RefillProgress(bool Running, long Wanted, long Made, long Spare, long Low, long Full);

/// <summary>Counts, growth and forecast: <c>GET /api/kmc/stores/forecast</c>.</summary>
/// <param name="Now">The stores.</param>
/// <param name="Days">Over how many days growth was measured; 0 when there is no history yet.</param>
/// <param name="GivenADay">Pairs given out a day.</param>
/// <param name="RetiredADay">Pairs retired a day.</param>
/// <param name="InUseInAYear">In-use store in 365 days at that pace.</param>
/// <param name="HistoryInAYear">History store in 365 days at that pace.</param>
/// <param name="SpareLastsDays">How long the spare store lasts without refilling; null when nothing is given out.</param>
public sealed record StoreForecast(KeyStores Now, int Days, double GivenADay, double RetiredADay, long InUseInAYear, long HistoryInAYear, double? SpareLastsDays);
