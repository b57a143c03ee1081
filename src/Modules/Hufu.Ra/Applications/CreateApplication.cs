using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Ra.Revocation;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Takes an application (6.2.1). Order of checks: profile, agreement, challenge phrase, fields, request, key not in use; then one transaction.</summary>
internal sealed class CreateApplication(RaDesk desk)
{
    public async Task<ApplicationCreated> RunAsync(NewApplication application, CancellationToken ct)
    {
        var profile = desk.HolderProfile(application.Profile);
        desk.Agreement.MustBeAccepted(application.AgreementVersion, application.AgreementAccepted);
        ChallengePhrase.MustBeAcceptable(application.ChallengePhrase);
        MustHaveValues(application.Fields);
        FieldRules.Check(profile, application.Fields);
        var request = PersonRequests.Open(application.Request, "request");

        var (token, tokenDigest) = AccessToken.Make();
        var now = desk.Now;
        var id = NewId(desk.Context.Clock.GetUtcNow(), desk.Context.Policy.Values.TimeZone);
        var row = new ApplicationRow
        {
            Id = id,
            Profile = profile.Id,
            State = ApplicationState.Draft,
            Title = TitleOf(profile, application.Fields),
            Fields = SealedFields.Seal(desk.Cipher, id, application.Fields),
            Request = application.Request,
            KeyDigest = KeyDigest(request.PublicKey.Encode()),
            DataDigest = ApplicationData.Digest(profile.Id, application.Fields, application.Request),
            Holder = desk.HolderKey.Of(profile, application.Fields),
            Publish = application.Publish,
            AgreementVersion = application.AgreementVersion,
            AgreementAt = now,
            TokenDigest = tokenDigest,
            CreatedAt = now,
            WaitingSince = now,
            DueAt = now + (long)desk.Context.Policy.Values.AnswerWithin.TotalMilliseconds,
        };
        var challenge = ChallengePhrase.Derive(application.ChallengePhrase);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                MustBeNewKey(session, row);
                ApplicationStore.Insert(session, row);
                ChallengePhrase.Store(session, id, challenge, desk.Context.Policy.Values.ChallengePhraseTries);
                StepStore.Add(session, desk.Cipher, id, "created", "applicant", null, now);
                desk.Record(session, "applicant", "ra.application.create", id, LedgerOutcome.Done, new JsonObject
                {
                    ["profile"] = row.Profile,
                    ["data"] = row.DataDigest,
                    ["agreement"] = row.AgreementVersion,
                    ["publish"] = row.Publish,
                });
            },
            ct);
        return new ApplicationCreated(id, token, [.. profile.Evidence.Select(kind => kind.Id)]);
    }

    /// <exception cref="RefusedException">FieldMissing.</exception>
    public static void MustHaveValues(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.FirstOrDefault(field => field.Value is null) is { Key: not null } none)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "It is null.", none.Key[..Math.Min(none.Key.Length, 64)]);
        }
    }

    /// <summary>A, the day in the policy's time zone (design decision 8), eight random digits; the table's primary key holds the rest.</summary>
    public static string NewId(DateTimeOffset now, TimeZoneInfo zone)
    {
        Span<byte> random = stackalloc byte[8];
        SecureRandom.Fill(random);
        return $"A{TimeZoneInfo.ConvertTime(now, zone):yyyyMMdd}{BitConverter.ToUInt64(random) % 100_000_000:00000000}";
    }

    public static string KeyDigest(byte[] subjectPublicKeyInfo) => ActStatement.Digest(subjectPublicKeyInfo);

    // R16: a key that another application carries is refused; the CA checks against all certificates again.
    internal static void MustBeNewKey(Session session, ApplicationRow row)
    {
        if (session.Scalar<long>("SELECT COUNT(*) FROM ra_applications WHERE key_digest = @KeyDigest AND renewal_of IS NULL AND id <> @Id AND state <> 'Withdrawn'", new { row.KeyDigest, row.Id }) != 0)
        {
            throw new RefusedException(RefusalCode.KeyReused, field: "request");
        }
    }

    internal static string TitleOf(CertificateProfile profile, IReadOnlyDictionary<string, string> fields)
    {
        var name = profile.Subject.LastOrDefault(attribute => attribute.Attribute == "CN")?.Field;
        return name is not null && fields.TryGetValue(name, out var title) ? title : profile.TitleZh;
    }
}
