using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Ra.Offices;
using Hufu.Ra.Privacy;
using Hufu.Ra.Search;
using Hufu.Ra.Statistics;
using Hufu.Ra.Types;
using Hufu.Records;

namespace Hufu.Ra;

/// <summary>What every act of this room stands on.</summary>
internal sealed class RaDesk(RoomContext context, RaOptions options)
{
    private const string CipherLabel = "application-data";

    private IDataCipher? cipher;
    private HolderKey? holderKey;

    /// <summary>A notice was left: whoever sends them may look.</summary>
    public event Action? NoticeLeft;

    public RoomContext Context => context;

    public RaOptions Options => options;

    public SubscriberAgreement Agreement { get; } = SubscriberAgreement.Load(options.AgreementVersion, options.AgreementFile);

    /// <summary>The words of notices.</summary>
    public NoticeTemplates Notices { get; } = NoticeTemplates.Load(context.Policy.Directory);

    /// <summary>Whether short messages go anywhere.</summary>
    public bool HasSms => options.SmsGateway is not null || options.SmsFolder is not null;

    /// <summary>Seals private data under a key that stays in the room's device.</summary>
    public IDataCipher Cipher => cipher ??= context.Identity.DataCipher(CipherLabel);

    /// <summary>Keys what identifies holders; open once the room has started.</summary>
    public HolderKey HolderKey => holderKey ?? throw new InvalidOperationException("The room has not started.");

    /// <summary>Which keys each type takes.</summary>
    public ProfileKeys Keys { get; } = new(context);

    public long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens what needs the database; before anything else of the room.</summary>
    /// <exception cref="InvalidDataException">The agreement in force bears the version of another text.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        holderKey ??= await HolderKey.OpenAsync(context.Database, Cipher, ct);
        await Keys.LoadAsync(ct);
        await context.Database.WriteAsync(session => Agreement.PutInForce(session, Now), ct);
    }

    /// <summary>The holders' profile of an id.</summary>
    /// <exception cref="RefusedException">ProfileUnknown.</exception>
    public CertificateProfile HolderProfile(string id) =>
        context.Policy.HolderProfile(id);

    /// <summary>The form of a holders' profile.</summary>
    public ApplicationForm Form(string profile) => context.Policy.Forms[profile];

    /// <summary>When what came now must be answered (6.2.2.3-a, by the working calendar), Unix milliseconds.</summary>
    public long AnswerBy() => context.Policy.Calendar.Deadline(context.Clock.GetUtcNow(), context.Policy.Values.AnswerWithin).ToUnixTimeMilliseconds();

    /// <summary>The offices whose applications a person sees; null for all.</summary>
    public static IReadOnlyList<string>? OfficesOf(Session session, string person) => OfficeStore.Reach(session, person);

    /// <summary>The office that a person works in.</summary>
    public static string OfficeOf(Session session, string person) => OfficeStore.Of(session, person);

    /// <summary>Refuses a person whose offices do not cover the application.</summary>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public static void MustBeInReach(Session session, ApplicationRow row, string person) => MustReach(session, row.Office, person);

    /// <summary>Refuses a person whose offices do not cover this one.</summary>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public static void MustReach(Session session, string office, string person)
    {
        if (OfficesOf(session, person) is { } offices && !offices.Contains(office))
        {
            throw new RefusedException(RefusalCode.RoleMissing, "The application belongs to another office.", "person");
        }
    }

    /// <summary>Puts a new application on file and into the figures.</summary>
    public void Add(Session session, ApplicationRow row)
    {
        ApplicationStore.Insert(session, row);
        StatisticsStore.Made(session, context.Policy.Values.TimeZone, row);
    }

    /// <summary>Moves an application from the state it was seen in to another, and the figures with it; refuses when it is no longer there.</summary>
    /// <exception cref="RefusedException">StateWrong.</exception>
    public void Move(Session session, ApplicationRow row, ApplicationState to, long now, string? reason = null)
    {
        var from = row.State;
        ApplicationStore.Move(session, row, to, now, reason);
        StatisticsStore.Moved(session, context.Policy.Values.TimeZone, row, from, to, now);
    }

    /// <summary>Puts the role that a person acts in beside a look, so that the holder can be told of it without a name.</summary>
    public void NoteLook(AuthorisedAct act, string actName, string purpose) =>
        (act.Detail["role"], act.Detail["purpose"]) = (act.Person.Roles.FirstOrDefault(context.Policy.Acts[actName].Roles.Contains), purpose);

    /// <summary>Puts on record for each application that a list or a search has shown it, so that its holder can be told who looked.</summary>
    public void RecordShown(Session session, AuthorisedAct act, string actName, string purpose, IReadOnlyCollection<string> applications)
    {
        (act.Detail["purpose"], act.Detail["found"]) = (purpose, applications.Count);
        foreach (var application in applications)
        {
            Record(
                session, act.Person.ToString(), ShowLooks.Found, application, LedgerOutcome.Done,
                new JsonObject { ["role"] = act.Person.Roles.FirstOrDefault(context.Policy.Acts[actName].Roles.Contains), ["purpose"] = purpose });
        }
    }

    /// <summary>A subject's name as a person may see it: whole for those who work on applications, else its first character and asterisks: 林＊＊.</summary>
    public static string TitleFor(StaffMember person, string title) =>
        person.Roles.Contains(Roles.EntryClerk) || person.Roles.Contains(Roles.Vetter) ? title : SearchApplications.Masked(title);

    /// <summary>Keeps a paper, sealed; type by content, size limited.</summary>
    /// <exception cref="RefusedException">TooLarge, EvidenceUnreadable.</exception>
    public async Task<EvidenceRef> KeepPaperAsync(byte[] content, string kind, CancellationToken ct)
    {
        await MalwareScan.DemandCleanAsync(options.Clamd, content, kind, ct);
        try
        {
            return await context.Evidence.PutAsync(content, StoreEvidence.SizeLimit, ct);
        }
        catch (EvidenceException fault)
        {
            throw new RefusedException(fault.Error == EvidenceError.TooLarge ? RefusalCode.TooLarge : RefusalCode.EvidenceUnreadable, fault.Message, kind);
        }
    }

    /// <summary>Leaves a notice to the applicant in the caller's transaction.</summary>
    public void Notify(Session session, ApplicationRow row, NoticeWords words)
    {
        var fields = SealedFields.Open(Cipher, row);
        var paper = Notices.Fill(words);
        NoticeStore.Add(session, Cipher, row.Id, NoticeAddress.Of(fields), paper, Now);
        if (HasSms && SmsClient.MobileOf(fields) is { } phone)
        {
            // The subject only: a short message beside a mail never carries a code.
            NoticeStore.Add(session, Cipher, row.Id, phone, paper, Now, NoticeStore.Sms);
        }

        session.OnCommitted(() => NoticeLeft?.Invoke());
    }

    /// <summary>Wakes whoever sends notices.</summary>
    public void NoticeIsLeft() => NoticeLeft?.Invoke();

    /// <summary>A ledger record of something that no member of staff did: the applicant, the holder, the room itself.</summary>
    public void Record(Session session, string actor, string act, string application, LedgerOutcome outcome, JsonObject? detail = null) => context.Ledger.Append(session, new LedgerRecord
    {
        Actor = actor,
        Act = act,
        Object = $"application/{application}",
        Outcome = outcome,
        Detail = detail,
    });

    /// <summary>A CA certificate exists: on record here, so that it shows what pairs were issued under.</summary>
    public void Seen(Session session, AuthorityCertified fact) => context.Ledger.Append(session, new LedgerRecord
    {
        Actor = Rooms.Ca,
        Act = "ra.authority.seen",
        Object = $"ca/{fact.Ca}",
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject { ["certificate"] = ActStatement.Digest(fact.Certificate) },
    });

    /// <summary>Records a refusal in a transaction of its own, after the act's transaction was rolled back.</summary>
    public Task RecordRefusalAsync(string actor, string act, string application, Refusal refusal, CancellationToken ct) => context.Database.WriteAsync(
        session => Record(session, actor, act, application[..Math.Min(application.Length, 64)], LedgerOutcome.Refused, new JsonObject { ["code"] = refusal.Code.ToString(), ["evidence"] = refusal.Evidence }), ct);
}
