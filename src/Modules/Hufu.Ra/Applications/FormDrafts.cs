using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Half-filled forms: kept sealed behind a secret, changed and forgotten with it, deleted after their time. They are no applications: nothing is checked, nobody acts on them.</summary>
internal sealed class FormDrafts(RaDesk desk)
{
    /// <summary>Saves a new one.</summary>
    public async Task<DraftSaved> SaveAsync(FormDraft draft, CancellationToken ct)
    {
        Check(draft);
        var (secret, digest) = AccessToken.Make();
        var id = "D" + SecureRandom.NewId();
        var until = Until();
        await desk.Context.Database.WriteAsync(
            session =>
            {
                Sweep(session);
                return session.Execute(
                    "INSERT INTO ra_drafts (id, token_digest, profile, fields, saved_at, expires_at) VALUES (@Id, @Digest, @Profile, @Fields, @Now, @Until)",
                    new { Id = id, Digest = digest, draft.Profile, Fields = Seal(id, draft.Fields), desk.Now, Until = until.ToUnixTimeMilliseconds() });
            },
            ct);
        return new DraftSaved(id, secret, desk.Context.Settings.PublicAddress($"/apply/draft/{id}#{secret}"), until);
    }

    /// <summary>Saves it again; its time begins anew.</summary>
    public async Task<DraftFile> ReplaceAsync(string id, string? authorization, FormDraft draft, CancellationToken ct)
    {
        Check(draft);
        return await desk.Context.Database.WriteAsync(
            session =>
            {
                Find(session, id, authorization);
                session.Execute(
                    "UPDATE ra_drafts SET profile = @Profile, fields = @Fields, saved_at = @Now, expires_at = @Until WHERE id = @Id",
                    new { draft.Profile, Fields = Seal(id, draft.Fields), desk.Now, Until = Until().ToUnixTimeMilliseconds(), Id = id });
                return Open(Find(session, id, authorization));
            },
            ct);
    }

    public Task<DraftFile> ReadAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.ReadAsync(session => Open(Find(session, id, authorization)), ct);

    public Task ForgetAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            Find(session, id, authorization);
            session.Execute("DELETE FROM ra_drafts WHERE id = @Id", new { Id = id });
        },
        ct);

    private void Check(FormDraft draft)
    {
        var profile = desk.HolderProfile(draft.Profile);
        foreach (var (name, value) in draft.Fields)
        {
            if (profile.Field(name) is null)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "The form has no such field.", name[..Math.Min(name.Length, 64)]);
            }

            if (value is null || value.Length > FieldRules.ValueLimit)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"At most {FieldRules.ValueLimit} characters.", name);
            }
        }
    }

    private DateTimeOffset Until() => desk.Context.Policy.Values.Registration.DraftLife.After(desk.Context.Clock.GetUtcNow());

    private byte[] Seal(string id, IReadOnlyDictionary<string, string> fields) => desk.Cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(fields, ContractJson.Options), Encoding.ASCII.GetBytes(id));

    private DraftFile Open(DraftRow row) => new(
        row.Id, row.Profile, JsonSerializer.Deserialize<Dictionary<string, string>>(desk.Cipher.Open(row.Fields, Encoding.ASCII.GetBytes(row.Id)), ContractJson.Options)!,
        DateTimeOffset.FromUnixTimeMilliseconds(row.SavedAt), DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresAt));

    // A wrong secret and a draft that does not exist look the same.
    private DraftRow Find(Session session, string id, string? authorization)
    {
        var row = session.QueryFirst<DraftRow>(
            "SELECT id, token_digest, profile, fields, saved_at, expires_at FROM ra_drafts WHERE id = @Id AND expires_at > @Now", new { Id = id.Length <= 40 ? id : "", desk.Now });
        AccessToken.MustMatch(row?.TokenDigest ?? new string('0', 64), authorization);
        return row!;
    }

    private void Sweep(Session session) => session.Execute("DELETE FROM ra_drafts WHERE expires_at <= @Now", new { desk.Now });

    private sealed class DraftRow
    {
        public string Id { get; set; } = "";

        public string TokenDigest { get; set; } = "";

        public string Profile { get; set; } = "";

        public byte[] Fields { get; set; } = [];

        public long SavedAt { get; set; }

        public long ExpiresAt { get; set; }
    }
}
