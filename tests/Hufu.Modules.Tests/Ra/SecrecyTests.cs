using System.Text;
using Hufu.Contracts;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>What is private lies nowhere in the clear.</summary>
public sealed class SecrecyTests
{
    [Fact]
    [Clause("7.2.4-a")]
    public async Task Files_hold_no_private_data_phrase_code_or_token_in_the_clear()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), refused = new(), away = new();
        var (filed, code) = await office.IssuedAsync(applicant);
        await office.FetchRefusedAsync(filed, "ABCD-EFGH-JKLM-NPQR");
        var pair = await office.FetchAsync(filed, code);
        await office.AcceptAsync(filed, pair, applicant.Signer);
        await office.Site.RefusedAsync("/api/ra/revocations", new SelfRevocation(RaOffice.SerialOf(pair), "不是这一句话", RevocationReason.Unspecified));
        await office.Site.RefusedAsync("/api/ra/revocations", new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.Unspecified));
        var second = await office.SubmitAsync(refused);
        await office.EnterAsync(second);
        await office.DecideAsync(second, office.Decision(second, RaOffice.Rejection("材料不全")));
        office.Ca.GoAway();
        var third = await office.ApprovedAsync(away);
        var mail = await office.MailAsync(filed.Id, "Code: ");
        Assert.Contains(code, mail, StringComparison.Ordinal);

        (string What, string Text)[] secrets =
        [
            ("identity number", Applicant.AgentIdentityNumber), ("phone", Applicant.AgentPhone), ("address", Applicant.AgentEmail), ("agent", "赵经办"), ("phrase", Applicant.Phrase),
            ("wrong phrase", "不是这一句话"), ("code", code), ("code without hyphens", code.Replace("-", "", StringComparison.Ordinal)), ("access token", filed.Token), ("another token", third.Token),
            ("receipt", pair.ReceiptToken), ("a finding", "010-11112222"), ("a remark", "材料齐全"), ("a paper", "/Type /Catalog"),
        ];
        var files = Directory.EnumerateFiles(office.Context.DataDirectory, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, file => file.EndsWith("ra.db", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("ra.db-wal", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith(".sealed", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("records.jsonl", StringComparison.Ordinal));
        var found = new List<string>();
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, RaOffice.Ct);
            found.AddRange(secrets.Where(secret => content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret.Text)) >= 0).Select(secret => $"{secret.What} in {Path.GetFileName(file)}"));
        }

        Assert.Empty(found);
    }
}
