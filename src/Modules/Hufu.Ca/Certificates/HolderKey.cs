using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Certificates;

/// <summary>
/// The key under which holder identifiers are stored here (decision 0030): 256 random bits, sealed under the room's device, made at the first start. Whoever copies the database cannot try identity numbers out.
/// Rows of a database from before are keyed in the transaction that makes it.
/// </summary>
/// <param name="database">The room's.</param>
/// <param name="cipher">Of the room's device.</param>
internal sealed class HolderKey(Database database, IDataCipher cipher)
{
    private const string Name = "holder-identifier";
    private static readonly (string Read, string Write)[] Old =
    [
        ("SELECT DISTINCT holder FROM ca_keys WHERE length(holder) = 64 AND holder NOT LIKE '%/%'", "UPDATE ca_keys SET holder = @keyed WHERE holder = @holder"),
        ("SELECT DISTINCT holder FROM ca_subjects WHERE length(holder) = 64 AND holder NOT LIKE '%/%'", "UPDATE ca_subjects SET holder = @keyed WHERE holder = @holder"),
        ("SELECT DISTINCT holder FROM ca_intents WHERE length(holder) = 64 AND holder NOT LIKE '%/%'", "UPDATE ca_intents SET holder = @keyed WHERE holder = @holder"),
        ("SELECT DISTINCT holder FROM ca_certificates WHERE length(holder) = 64 AND holder NOT LIKE '%/%'", "UPDATE ca_certificates SET holder = @keyed WHERE holder = @holder"),
    ];

    private byte[]? key;

    /// <summary>Finds or makes the key; the device must be active. A device that is activated later has it loaded at its first use.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var label = Encoding.ASCII.GetBytes($"ca_keyring/{Name}");
        var value = await database.WriteAsync(
            session =>
            {
                if (session.QueryFirst<byte[]>("SELECT value FROM ca_keyring WHERE name = @Name", new { Name }) is { } known)
                {
                    return known;
                }

                var fresh = SecureRandom.GetBytes(32);
                var kept = cipher.Seal(fresh, label);
                session.Execute("INSERT INTO ca_keyring (name, value) VALUES (@Name, @kept)", new { Name, kept });
                KeyOld(session, fresh);
                return kept;
            },
            ct).ConfigureAwait(false);
        Volatile.Write(ref key, cipher.Open(value, label));
    }

    /// <summary>What is stored for a holder's identifier; 64 hex digits.</summary>
    [Clause("7.2.4-a")]
    public string Of(string identifier) => HolderIdentifier.Keyed(identifier, Volatile.Read(ref key) ?? LoadNow());

    // Never on the writer's thread: what asks is a decision, before its transaction.
    private byte[] LoadNow()
    {
        LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
        return Volatile.Read(ref key)!;
    }

    // Services, staff and authorities are holders by words with a slash; identifiers of persons and organisations have none.
    private static void KeyOld(Session session, byte[] fresh)
    {
        foreach (var (read, write) in Old)
        {
            foreach (var holder in session.Query<string>(read))
            {
                session.Execute(write, new { keyed = HolderIdentifier.Keyed(holder, fresh), holder });
            }
        }
    }
}
