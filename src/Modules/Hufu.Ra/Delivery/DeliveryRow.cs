using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>A row of ra_deliveries.</summary>
internal sealed class DeliveryRow
{
    public byte[] Pair { get; set; } = [];

    public string CodeDigest { get; set; } = "";

    public long ExpiresAt { get; set; }

    public long TriesLeft { get; set; }

    public long? UsedAt { get; set; }

    public string? Receipt { get; set; }

    public long? ConfirmedAt { get; set; }

    public long CodesMade { get; set; }

    /// <summary>The pair lies sealed: a personal certificate shows an identity number, and its holder may have refused publication (7.2.4-a).</summary>
    public static byte[] Seal(IDataCipher cipher, string application, PairIssued pair) => cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(pair, ContractJson.Options), Label(application));

    public PairIssued ToPair(IDataCipher cipher, string application) => JsonSerializer.Deserialize<PairIssued>(cipher.Open(Pair, Label(application)), ContractJson.Options)!;

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static DeliveryRow Get(Session session, string application) => session.QueryFirst<DeliveryRow>(
        "SELECT pair, code_digest, expires_at, tries_left, used_at, receipt, confirmed_at, codes_made FROM ra_deliveries WHERE application = @Application", new { Application = application })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is nothing to fetch under this number.", "id");

    private static byte[] Label(string application) => Encoding.ASCII.GetBytes($"{application}/pair");
}
