using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Notices;

/// <summary>What was told about an application, and its letters: for the applicant with the application's token, for staff by a signed act, because every look is on record.</summary>
internal sealed class ReadNotices(RaDesk desk)
{
    private const int Limit = 1024 * 1024;

    /// <summary>The applicant's look.</summary>
    /// <exception cref="RefusedException">UnknownObject, and what the token refuses.</exception>
    public Task<IReadOnlyList<NoticeRow>> ListAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.ReadAsync(
        session =>
        {
            AccessToken.MustMatch(ApplicationStore.Get(session, id), authorization);
            return NoticeStore.Of(session, id);
        },
        ct);

    /// <summary>A letter for the applicant, PDF.</summary>
    public async Task<byte[]> LetterAsync(string id, string notice, string? authorization, CancellationToken ct) => await OpenAsync(await ListAsync(id, authorization, ct), notice, ct);

    /// <summary>A look of clerk or vetter: act <see cref="ActNames.RaNoticesRead"/>, object <c>application/{id}</c>.</summary>
    public Task<IReadOnlyList<NoticeRow>> ListAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        return desk.Context.Acts.RunAsync<ReadingPurpose, IReadOnlyList<NoticeRow>>(
            request,
            ActNames.RaNoticesRead,
            reading => reading.Purpose.Trim().Length is 0 or > 200
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 200 characters.", "purpose")
                : new ExpectedAct(ActNames.RaNoticesRead, $"application/{id}"),
            (session, act, reading) =>
            {
                RaDesk.MustBeInReach(session, ApplicationStore.Get(session, id), act.Person.PersonId);
                desk.NoteLook(act, ActNames.RaNoticesRead, reading.Purpose);
                return NoticeStore.Of(session, id);
            },
            ct);
    }

    /// <summary>A letter for clerk or vetter, PDF, to be printed.</summary>
    public async Task<byte[]> LetterAsync(string id, string notice, ActRequest request, CancellationToken ct) => await OpenAsync(await ListAsync(id, request, ct), notice, ct);

    private async Task<byte[]> OpenAsync(IReadOnlyList<NoticeRow> rows, string notice, CancellationToken ct)
    {
        var letter = rows.FirstOrDefault(row => row.Id == notice)?.Letter ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such letter.", "notice");
        var content = await desk.Context.Evidence.GetAsync(letter, ct);
        return content.Length <= Limit ? content : throw new InvalidDataException("A letter larger than any that is printed.");
    }
}
