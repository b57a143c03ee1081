using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Offices;
using Hufu.Ra.Revocation;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Takes an application (6.2.1). Order of checks: profile, agreement, challenge phrase, fields, request, key not in use; then one transaction.</summary>
internal sealed class CreateApplication(RaDesk desk)
{
    /// <summary>An application that has passed every check that needs no database.</summary>
    /// <param name="Row">What is stored.</param>
    /// <param name="Challenge">The challenge phrase as it is stored; null for a line of a batch without one.</param>
    /// <param name="Created">What the applicant gets.</param>
    internal sealed record Prepared(ApplicationRow Row, ChallengePhrase.Stored? Challenge, ApplicationCreated Created);

    [Clause("6.1.1-a")]
    public async Task<ApplicationCreated> RunAsync(NewApplication application, CancellationToken ct)
    {
        var prepared = Prepare(application, ApplicationChannel.Online);
        await desk.Context.Database.WriteAsync(session => Insert(session, prepared, "applicant", null), ct);
        return prepared.Created;
    }

    public Prepared Prepare(NewApplication application, ApplicationChannel channel)
    {
        desk.Agreement.MustBeAccepted(application.AgreementVersion, application.AgreementAccepted);
        ChallengePhrase.MustBeAcceptable(application.ChallengePhrase);
        return Prepare(application, channel, ChallengePhrase.Derive(application.ChallengePhrase), AccessToken.Make());
    }

    /// <exception cref="RefusedException">Of the profile, the channel, the fields or the request.</exception>
    public Prepared Prepare(NewApplication application, ApplicationChannel channel, ChallengePhrase.Stored? challenge, (string Token, string Digest) token)
    {
        var profile = desk.HolderProfile(application.Profile);
        var form = desk.Form(profile.Id);
        if (!form.Channels.Contains(channel))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"This type of certificate is not applied for in this way: {channel}.", "profile");
        }

        MustHaveValues(application.Fields);
        FieldRules.Check(profile, application.Fields);
        var request = desk.Keys.Open(profile, application.Request, "request");
        var now = desk.Now;
        var id = NewId(desk.Context.Clock.GetUtcNow(), desk.Context.Policy.Values.TimeZone);
        var row = new ApplicationRow
        {
            Id = id,
            Profile = profile.Id,
            State = ApplicationState.Draft,
            Channel = channel,
            Office = application.Office ?? OfficeStore.Centre,
            Title = TitleOf(profile, application.Fields),
            Fields = SealedFields.Seal(desk.Cipher, id, application.Fields),
            Request = application.Request,
            KeyDigest = KeyDigest(request.PublicKey.Encode()),
            DataDigest = ApplicationData.Digest(profile.Id, application.Fields, application.Request),
            Holder = desk.HolderKey.Of(profile, application.Fields),
            Publish = application.Publish,
            AgreementVersion = application.AgreementVersion,
            AgreementAt = now,
            TokenDigest = token.Digest,
            CreatedAt = now,
            WaitingSince = now,
            DueAt = desk.AnswerBy(),
        };
        return new Prepared(row, challenge, new ApplicationCreated(id, token.Token, [.. form.DocumentsFor(application.Fields).Select(paper => paper.Id)]));
    }

    [Clause("6.2.1.3-b")]
    public void Insert(Session session, Prepared prepared, string by, string? note)
    {
        var row = prepared.Row;
        MustBeNewKey(session, row);
        if (OfficeStore.Get(session, row.Office, "office").ToOffice().Profiles is { Count: > 0 } offered && !offered.Contains(row.Profile))
        {
            throw new RefusedException(RefusalCode.ProfileUnknown, "This office does not take applications for this type.", "office");
        }

        desk.Add(session, row);
        if (prepared.Challenge is not null)
        {
            ChallengePhrase.Store(session, row.Id, prepared.Challenge, desk.Context.Policy.Values.ChallengePhraseTries);
        }

        StepStore.Add(session, desk.Cipher, row.Id, "created", by, note, desk.Now);
        desk.Record(session, by == "applicant" ? by : "staff", "ra.application.create", row.Id, LedgerOutcome.Done, new JsonObject
        {
            ["profile"] = row.Profile,
            ["data"] = row.DataDigest,
            ["agreement"] = row.AgreementVersion,
            ["agreementDigest"] = desk.Agreement.InForce.Digest,
            ["publish"] = row.Publish,
            ["channel"] = row.Channel.ToString(),
        });
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
        if (session.Scalar<long>("SELECT COUNT(*) FROM ra_applications WHERE key_digest = @KeyDigest AND (renewal_of IS NULL OR rekey <> 0) AND id <> @Id AND state <> 'Withdrawn'", new { row.KeyDigest, row.Id }) != 0)
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
