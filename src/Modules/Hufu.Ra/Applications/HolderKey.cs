using System.Text;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>The key under which holder identifiers are stored here: 256 random bits, sealed under the room's device, made at the first start. Whoever copies the database cannot try identity numbers out.</summary>
internal sealed class HolderKey
{
    private const string Name = "holder-identifier";

    private readonly byte[] _key;

    private HolderKey(byte[] key) => _key = key;

    public static async Task<HolderKey> OpenAsync(Database database, IDataCipher cipher, CancellationToken ct)
    {
        var label = Encoding.ASCII.GetBytes($"ra_keys/{Name}");
        var value = await database.WriteAsync(
            session =>
            {
                session.Execute("INSERT INTO ra_keys (name, value) VALUES (@Name, @Value) ON CONFLICT (name) DO NOTHING", new { Name, Value = cipher.Seal(SecureRandom.GetBytes(32), label) });
                return session.Scalar<byte[]>("SELECT value FROM ra_keys WHERE name = @Name", new { Name });
            },
            ct);
        return new HolderKey(cipher.Open(value, label));
    }

    /// <summary>A value that only this room can make for a text; 64 hex digits.</summary>
    public string Derive(string text) => HolderIdentifier.Keyed(text, _key);

    /// <summary>What stands in ra_applications.holder.</summary>
    public string Of(CertificateProfile profile, IReadOnlyDictionary<string, string> fields) => HolderIdentifier.Keyed(HolderIdentifier.Of(profile, fields), _key);
}
