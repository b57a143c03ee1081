using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Cases;

/// <summary>Recoveries on their way through the key centre (ra_recoveries).</summary>
internal static class RecoveryStore
{
    public static void Add(Session session, IDataCipher cipher, string id, RecoveryWish wish) => session.Execute(
        "INSERT INTO ra_recoveries (id, request) VALUES (@Id, @Request)",
        new { Id = id, Request = cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(wish, ContractJson.Options), Bound(id)) });

    public static RecoveryRow? Find(Session session, string id) =>
        session.QueryFirst<RecoveryRow>("SELECT id, request, key_centre_case, key_centre, code_until FROM ra_recoveries WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] });

    public static void Move(Session session, string id, string keyCentreCase, CaseState state, DateTimeOffset? codeUntil) => session.Execute(
        "UPDATE ra_recoveries SET key_centre_case = @Case, key_centre = @State, code_until = @Until WHERE id = @Id",
        new { Id = id, Case = keyCentreCase, State = state.ToString(), Until = codeUntil?.ToUnixTimeMilliseconds() });

    private static byte[] Bound(string id) => Encoding.ASCII.GetBytes($"{id}/recovery");

    internal sealed class RecoveryRow
    {
        public string Id { get; set; } = "";

        public byte[] Request { get; set; } = [];

        public string? KeyCentreCase { get; set; }

        public string? KeyCentre { get; set; }

        public long? CodeUntil { get; set; }

        public CaseState? State => KeyCentre is null ? null : Enum.Parse<CaseState>(KeyCentre);

        public RecoveryWish ToWish(IDataCipher cipher) => JsonSerializer.Deserialize<RecoveryWish>(cipher.Open(Request, Bound(Id)), ContractJson.Options) ?? throw new InvalidDataException("A recovery without a request.");

        public RecoveryProgress ToProgress(CertificateCaseState here) => new(Id, here, State, CodeUntil is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null);
    }
}
