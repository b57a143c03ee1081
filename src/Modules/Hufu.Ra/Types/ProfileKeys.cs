using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Types;

/// <summary>
/// Which keys a type takes: SM2, or P-256 where the CA that issues it is one of P-256. The CA says so (<see cref="ProfileKeysSet"/>), never the request; what it has not named takes SM2. Held in memory, for requests are opened
/// beside the database, and in ra_profile_keys over a stop.
/// </summary>
internal sealed class ProfileKeys(RoomContext context)
{
    private volatile IReadOnlyDictionary<string, KeyAlgorithm> told = new Dictionary<string, KeyAlgorithm>();

    /// <summary>Takes up what was told before the last stop.</summary>
    public async Task LoadAsync(CancellationToken ct) => told = await context.Database.ReadAsync(Kept, ct);

    /// <summary>The algorithm of the keys that a type takes.</summary>
    public KeyAlgorithm Of(string profile) => told.GetValueOrDefault(profile);

    /// <summary>The CA has told it: in force here with the fact's transaction.</summary>
    public void Seen(Session session, string sender, ProfileKeysSet fact)
    {
        var before = Kept(session);
        if (before.Count == fact.Algorithms.Count && fact.Algorithms.All(set => before.TryGetValue(set.Key, out var algorithm) && algorithm == set.Value))
        {
            return;
        }

        session.Execute("DELETE FROM ra_profile_keys");
        foreach (var (profile, algorithm) in fact.Algorithms)
        {
            session.Execute("INSERT INTO ra_profile_keys (profile, algorithm) VALUES (@profile, @Algorithm)", new { profile, Algorithm = algorithm.ToString() });
        }

        session.OnCommitted(() => told = fact.Algorithms);
        context.Ledger.Append(session, new LedgerRecord
        {
            Actor = sender, Act = "ra.profile.keys", Object = "profile/-", Outcome = LedgerOutcome.Done,
            Detail = new JsonObject([.. fact.Algorithms.OrderBy(set => set.Key, StringComparer.Ordinal).Select(set => KeyValuePair.Create(set.Key, (JsonNode?)set.Value.ToString()))]),
        });
    }

    /// <summary>Reads a request for a type and demands that the sender holds the key (6.1.3.2-a).</summary>
    /// <param name="profile">The type.</param>
    /// <param name="request">PKCS#10, DER, from outside.</param>
    /// <param name="field">How a refusal calls it.</param>
    /// <exception cref="RefusedException">Malformed; PossessionNotProven; KeyWeak: not a key of the type's algorithm, or not on its curve; StateWrong: the type's CA cannot issue it.</exception>
    public CertificationRequest Open(CertificateProfile profile, ReadOnlyMemory<byte> request, string field)
    {
        var algorithm = Of(profile.Id);
        return algorithm != KeyAlgorithm.Sm2 && profile.Pairs == KeyPairs.Dual
            ? throw new RefusedException(RefusalCode.StateWrong, "This type comes as a pair, and the CA that is set for it is of P-256 and issues single certificates only.", "profile")
            : PersonRequests.Open(request, algorithm, field);
    }

    /// <summary>Refuses an application whose request was taken while its type took other keys (R12): the applicant brings another.</summary>
    /// <exception cref="RefusedException">KeyWeak.</exception>
    public void MustStillFit(ApplicationRow row)
    {
        var algorithm = Of(row.Profile);
        if (CertificationRequest.Decode(row.Request).PublicKey.IsP256 != (algorithm == KeyAlgorithm.P256))
        {
            throw new RefusedException(RefusalCode.KeyWeak, $"This type takes {PersonRequests.NameOf(algorithm)} keys by now: correct the application with another request.", "request");
        }
    }

    private static Dictionary<string, KeyAlgorithm> Kept(Session session) =>
        session.Query<Row>("SELECT profile, algorithm FROM ra_profile_keys").ToDictionary(row => row.Profile, row => row.Algorithm, StringComparer.Ordinal);

    private sealed class Row
    {
        public string Profile { get; set; } = "";

        public KeyAlgorithm Algorithm { get; set; }
    }
}
