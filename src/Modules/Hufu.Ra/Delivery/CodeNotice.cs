using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>Makes a one-time code and leaves the mail that carries it; the code itself is nowhere else.</summary>
internal sealed class CodeNotice(RaDesk desk)
{
    /// <returns>What is stored of it, and until when it is good (Unix milliseconds).</returns>
    public (string Digest, long Until) Leave(Session session, ApplicationRow row)
    {
        var code = OneTimeCode.Make();
        var until = desk.Context.Policy.Values.OneTimeCodeLife.After(desk.Context.Clock.GetUtcNow());
        desk.Notify(
            session, row, NoticeText.Issued(row.Id, row.Title, code, desk.Context.Policy.Values.LocalText(until), desk.Context.Settings.PublicAddress($"/api/ra/applications/{row.Id}/fetch")));
        return (OneTimeCode.Digest(row.Id, code), until.ToUnixTimeMilliseconds());
    }
}
