using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Issuing;

/// <summary>
/// The old encryption keys that come with a renewal of the same signing key (6.2.8-a), so that what was encrypted to them stays readable from the new medium. For a re-key the key centre wants its two people: a
/// recovery, which is not this.
/// </summary>
internal sealed class OldKeys(AwaitedDatabase database, KeyCentreClient keyCentre)
{
    /// <summary>Most keys that go with a renewal, the newest of them.</summary>
    private const int Most = 20;

    /// <summary>Asks the key centre for them in one question. One that it does not give stops nothing; a key centre that is silent does, as for the new pair (R23).</summary>
    /// <returns>Those that it gave, oldest first.</returns>
    /// <exception cref="RefusedException">RoomUnreachable.</exception>
    [Clause("6.2.8-a")]
    public async Task<IReadOnlyList<RecoveredKey>> AskAsync(IssueDecision decided, CancellationToken ct)
    {
        var serials = await database.ReadAsync(session => CertificateStore.EncryptionSerials(session, decided.SpkiDigest, decided.Holder, Most), ct).ConfigureAwait(false);
        return serials.Count == 0
            ? []
            : await keyCentre.GetOldKeysAsync([.. serials.Reverse().Select(serial => SerialNumber.TryParse(serial, out var number) ? number : throw new InvalidOperationException("A kept serial is not readable."))], decided.Key, ct)
                .ConfigureAwait(false);
    }

    /// <summary>As they are kept with the intent.</summary>
    public static IReadOnlyList<RecoveredKey>? Read(byte[]? kept) => kept is null ? null : KeptJson.Read<IReadOnlyList<RecoveredKey>>(kept);
}
