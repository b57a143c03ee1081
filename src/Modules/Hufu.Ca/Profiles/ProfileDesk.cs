using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ca.Profiles;

/// <summary>
/// Changes of profiles by two people (R05, GM/T 0037): one signs the new text over the digest of the old one, another signs the digest of the difference that was shown. In force at once, kept as a version in this
/// room's database, told to the RAs by a fact in the same transaction. What waits is decided anew by the profile in force when it is issued (R12).
/// </summary>
internal sealed class ProfileDesk(RoomContext context, IFactOutlet facts)
{
    private const int WordsLimit = 1_000;

    /// <summary><c>GET /api/ca/profiles</c>.</summary>
    public Task<IReadOnlyList<ProfileInForce>> ListAsync(CancellationToken ct) => context.Database.ReadAsync<IReadOnlyList<ProfileInForce>>(
        session =>
        {
            var newest = ProfileVersions.InForce(session).ToDictionary(version => version.Profile, StringComparer.Ordinal);
            var waiting = ProfileChangeStore.Waiting(session, Oldest);
            return [.. context.Policy.Profiles.Values.OrderBy(profile => profile.Id, StringComparer.Ordinal)
                .Select(profile => InForce(profile, newest.GetValueOrDefault(profile.Id), waiting.GetValueOrDefault(profile.Id), text: false))];
        },
        ct);

    /// <summary><c>GET /api/ca/profiles/{id}</c>, with its text.</summary>
    /// <exception cref="RefusedException">ProfileUnknown.</exception>
    public Task<ProfileInForce> FindAsync(string id, CancellationToken ct)
    {
        var profile = context.Policy.Profile(id);
        return context.Database.ReadAsync(
            session => InForce(profile, ProfileVersions.Newest(session, id), ProfileChangeStore.Waiting(session, Oldest).GetValueOrDefault(id), text: true), ct);
    }

    /// <summary><c>GET /api/ca/profiles/{id}/versions</c>, the newest first.</summary>
    /// <exception cref="RefusedException">ProfileUnknown.</exception>
    public Task<IReadOnlyList<ProfileVersionShown>> VersionsAsync(string id, CancellationToken ct)
    {
        var folder = FolderText(id);
        return context.Database.ReadAsync<IReadOnlyList<ProfileVersionShown>>(
            session =>
            [
                .. ProfileVersions.Of(session, id).Select(version => new ProfileVersionShown(
                    version.Version, version.Digest, DateTimeOffset.FromUnixTimeMilliseconds(version.InForceAt), version.ProposedBy, version.ApprovedBy, version.Words)),
                new ProfileVersionShown(1, Digest(folder), null, null, null, null),
            ],
            ct);
    }

    /// <summary><c>GET /api/ca/profiles/{id}/difference?from=&amp;to=</c>.</summary>
    /// <exception cref="RefusedException">ProfileUnknown, UnknownObject: there is no such version.</exception>
    public Task<ProfileDifference> DifferenceAsync(string id, long from, long to, CancellationToken ct)
    {
        var folder = FolderText(id);
        return context.Database.ReadAsync(
            session =>
            {
                var versions = ProfileVersions.Of(session, id);
                return new ProfileDifference(id, from, to, TextDifference.Of(Text(from), Text(to)));

                string Text(long version) => version == 1 ? folder : versions.FirstOrDefault(one => one.Version == version)?.Text
                    ?? throw new RefusedException(RefusalCode.UnknownObject, $"There is no version {version.ToString(CultureInfo.InvariantCulture)} of this profile.", "version");
            },
            ct);
    }

    /// <summary><c>POST /api/ca/profiles/{id}/changes</c>, act ca.profile.propose.</summary>
    /// <exception cref="RefusedException">The act is not in order; ProfileUnknown; FieldInvalid: what is wrong in the text, and where; StateWrong: another text is in force meanwhile.</exception>
    public Task<ProfileChange> ProposeAsync(string id, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<ProfileProposal, ProfileChange>(
        request, ActNames.CaProfilePropose, _ => new ExpectedAct(ActNames.CaProfilePropose, $"profile/{id}"),
        (session, authorised, proposal) =>
        {
            DemandWords(proposal.Words);
            var before = context.Policy.ProfileText(id);
            DemandBase(proposal.Base, before);
            var text = (proposal.Text ?? "").ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
            Check(id, text);
            var difference = TextDifference.Of(before, text);
            if (difference.All(line => line[0] == ' '))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "The text is that in force.", "text");
            }

            var row = new ProfileChangeRow(
                SecureRandom.NewId(), id, proposal.Base, text, string.Join('\n', difference), ProfileChange.DigestOf(id, proposal.Base, difference), proposal.Words.Trim(), ProfileChangeRow.Proposed,
                authorised.Person.PersonId, authorised.Person.ToString(), Now, null, null, null, null);
            ProfileChangeStore.Insert(session, row);
            authorised.Detail["change"] = row.Id;
            authorised.Detail["difference"] = row.Digest;
            return Shown(row, proposal.Base);
        },
        ct);

    /// <summary><c>GET /api/ca/profile-changes</c>.</summary>
    public Task<IReadOnlyList<ProfileChange>> ChangesAsync(CancellationToken ct) => context.Database.ReadAsync<IReadOnlyList<ProfileChange>>(
        session => [.. ProfileChangeStore.Newest(session, Oldest).Select(row => Shown(row, Digest(context.Policy.ProfileText(row.Profile)), whole: false))], ct);

    /// <summary><c>GET /api/ca/profile-changes/{id}</c>.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Task<ProfileChange> ChangeAsync(string id, CancellationToken ct) => context.Database.ReadAsync(
        session => ProfileChangeStore.Find(session, id) is var row ? Shown(row, Digest(context.Policy.ProfileText(row.Profile))) : null!, ct);

    /// <summary><c>POST /api/ca/profile-changes/{id}/approval</c>, act ca.profile.approve: by another person; in force at once.</summary>
    /// <exception cref="RefusedException">The act is not in order; SamePerson; StateWrong: decided already, nobody did in time, or another text is in force meanwhile; FieldInvalid.</exception>
    [Clause("6.6.2.6-e")]
    public Task<ProfileChange> ApproveAsync(string id, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<ProfileDecision, ProfileChange>(
        request, ActNames.CaProfileApprove, _ => Deciding(ActNames.CaProfileApprove, id),
        (session, authorised, decision) =>
        {
            var row = Open(session, id);
            if (authorised.Person.PersonId == row.Proposer)
            {
                throw new RefusedException(RefusalCode.SamePerson, "Who proposed it does not approve it.", "person");
            }

            DemandWords(decision.Words);
            DemandBase(row.Base, context.Policy.ProfileText(row.Profile));
            Check(row.Profile, row.Text);
            var version = new ProfileVersion(
                row.Profile, (ProfileVersions.Newest(session, row.Profile)?.Version ?? 1) + 1, row.Text, Digest(row.Text), Now, row.Person, authorised.Person.ToString(), row.Words);
            ProfileVersions.Put(session, context.Policy, version);
            ProfileChangeStore.Decide(session, id, ProfileChangeRow.Approved, version.ApprovedBy, Now, decision.Words.Trim(), version.Version);
            facts.Publish(session, FactOf(version));
            authorised.Detail["profile"] = row.Profile;
            authorised.Detail["difference"] = row.Digest;
            authorised.Detail["version"] = version.Version;
            context.Ledger.Append(session, new LedgerRecord
            {
                Actor = authorised.Person.ToString(), Act = "ca.profile.changed", Object = $"profile/{row.Profile}", Outcome = LedgerOutcome.Done,
                Detail = new JsonObject { ["version"] = version.Version, ["before"] = row.Base, ["now"] = version.Digest, ["proposedBy"] = row.Person, ["change"] = id },
            });
            return Shown(ProfileChangeStore.Find(session, id), version.Digest);
        },
        ct);

    /// <summary><c>POST /api/ca/profile-changes/{id}/refusal</c>, act ca.profile.refuse: also by who proposed it.</summary>
    /// <exception cref="RefusedException">The act is not in order; StateWrong: decided already, or nobody did in time.</exception>
    public Task<ProfileChange> RefuseAsync(string id, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<ProfileDecision, ProfileChange>(
        request, ActNames.CaProfileRefuse, _ => Deciding(ActNames.CaProfileRefuse, id),
        (session, authorised, decision) =>
        {
            var row = Open(session, id);
            DemandWords(decision.Words);
            ProfileChangeStore.Decide(session, id, ProfileChangeRow.Refused, authorised.Person.ToString(), Now, decision.Words.Trim(), null);
            return Shown(ProfileChangeStore.Find(session, id), Digest(context.Policy.ProfileText(row.Profile)));
        },
        ct);

    /// <summary>The fact of a version, for the RAs.</summary>
    public static ProfileChanged FactOf(ProfileVersion version) => new(
        version.Profile, version.Version, version.Text, DateTimeOffset.FromUnixTimeMilliseconds(version.InForceAt), version.ProposedBy, version.ApprovedBy, version.Words);

    private long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Oldest => Now - (long)context.Policy.Values.SecondWithin.TotalMilliseconds;

    private ProfileChange Shown(ProfileChangeRow row, string inForce, bool whole = true) => row.Shown(inForce, context.Policy.Values.SecondWithin, Now, whole);

    private ExpectedAct Deciding(string act, string id) => new(act, $"profile-change/{id}", session => DemandInTime(ProfileChangeStore.Find(session, id)).StateToSign);

    [Clause("6.6.1.2-b")]
    private ProfileChangeRow DemandInTime(ProfileChangeRow row) => row.IsLapsed(context.Policy.Values.SecondWithin, Now)
        ? throw new RefusedException(
            RefusalCode.StateWrong, $"Nobody decided it until {context.Policy.Values.LocalText(row.Until(context.Policy.Values.SecondWithin))}; the profile stays as it is. Whoever still wants it proposes the text anew (POST /api/ca/profiles/{row.Profile}/changes).", "id")
        : row;

    private static ProfileChangeRow Open(Session session, string id) => ProfileChangeStore.Find(session, id) is { State: ProfileChangeRow.Proposed } row
        ? row
        : throw new RefusedException(RefusalCode.StateWrong, "The change is decided already.", "id");

    private static void DemandBase(string named, string inForce)
    {
        if (named != Digest(inForce))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"The text in force is {Digest(inForce)}; propose the change anew over it.", "base");
        }
    }

    private static void DemandWords(string words)
    {
        if (string.IsNullOrWhiteSpace(words) || words.Length > WordsLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {WordsLimit} characters.", "words");
        }
    }

    // R05 below the profile layer holds anyway (EndEntityGuard); here the loader's rules and what a change may not touch.
    private void Check(string id, string text)
    {
        try
        {
            ProfileStaysTheSameKind.Demand(context.Policy.Profile(id), context.Policy.CheckProfile(id, text));
        }
        catch (PolicyException wrong)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, wrong.Message, "text");
        }
    }

    private string FolderText(string id)
    {
        context.Policy.Profile(id);
        return File.ReadAllText(Path.Combine(context.Policy.Directory, "profiles", id + ".yaml"));
    }

    private ProfileInForce InForce(CertificateProfile profile, ProfileVersion? newest, long waiting, bool text) => new(
        profile.Id, profile.Kind.ToString().ToLowerInvariant(), profile.TitleZh, profile.TitleEn, newest?.Version ?? 1, Digest(context.Policy.ProfileText(profile.Id)),
        newest is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(newest.InForceAt), waiting, text ? context.Policy.ProfileText(profile.Id) : null);

    private static string Digest(string text) => ActStatement.Digest(Encoding.UTF8.GetBytes(text));
}
