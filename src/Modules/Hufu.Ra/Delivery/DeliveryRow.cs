using System.Text.Json;
using Hufu.Contracts;
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

    public PairIssued ToPair() => JsonSerializer.Deserialize<PairIssued>(Pair, ContractJson.Options)!;

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static DeliveryRow Get(Session session, string application) => session.QueryFirst<DeliveryRow>(
        "SELECT pair, code_digest, expires_at, tries_left, used_at, receipt FROM ra_deliveries WHERE application = @Application", new { Application = application })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is nothing to fetch under this number.", "id");
}
