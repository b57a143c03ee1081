using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Status;

// The operator's commands over HTTPS: they believe the operator's trust file and nothing else, and a token goes nowhere before that.
public sealed partial class RelyingPartyTests
{
    [Fact]
    public async Task With_the_trust_file_everything_works_as_on_the_machine_itself()
    {
        using Workplace work = new();
        await using TlsFront front = new(stage.Address);
        string trust = work.Write("trust.pem", System.Text.Encoding.ASCII.GetBytes(front.Trust)), token = Path.Combine(stage.Data, "publishing", "operator-token"), at = front.Address.ToString();

        Outcome verified = (await HufuAsync("verify", stage.File("renewed.cer"), "--at", at, "--tls-trust", trust)).Succeeded();
        Assert.Contains("Certificate: valid", verified.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await HufuAsync("verify", stage.File("sign.cer"), "--at", at, "--tls-trust", trust)).ExitCode);

        Outcome reconciled = (await HufuAsync("reconcile", "--at", at, "--tls-trust", trust)).Succeeded();
        Assert.Contains("\"waiting\":[]", reconciled.Output, StringComparison.Ordinal);

        // What waits for the directory is another test's affair: the server was asked and has answered.
        Outcome compared = await HufuAsync("directory", "compare", "city", "--at", at, "--tls-trust", trust, "--token", token);
        Assert.Contains("values compared", compared.Output, StringComparison.Ordinal);
        (await HufuAsync("directory", "resync", "city", "--at", at, "--tls-trust", trust, "--data", stage.Data)).Succeeded();

        Outcome wrong = await HufuAsync("directory", "compare", "city", "--at", at, "--tls-trust", trust, "--token", work.Write("wrong", "0123456789abcdef0123456789abcdef"u8.ToArray()));
        Assert.Equal(2, wrong.ExitCode);
        Assert.DoesNotContain("values compared", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_or_not_the_one_that_was_named_is_told_nothing()
    {
        using Workplace work = new();
        await using TlsFront front = new(stage.Address), stranger = new(stage.Address, "other.example");
        string right = work.Write("right.pem", System.Text.Encoding.ASCII.GetBytes(front.Trust)), other = work.Write("other.pem", System.Text.Encoding.ASCII.GetBytes(stranger.Trust));
        foreach ((Uri address, string[] trust) in new (Uri, string[])[] { (front.Address, []), (front.Address, ["--tls-trust", other]), (stranger.Address, ["--tls-trust", other]), (stranger.Address, ["--tls-trust", right]) })
        {
            foreach (string[] command in new string[][] { ["verify", stage.File("renewed.cer")], ["reconcile"], ["directory", "compare", "city", "--data", stage.Data] })
            {
                Outcome refused = await HufuAsync([.. command, "--at", address.ToString(), .. trust]);
                Assert.Equal(2, refused.ExitCode);
                Assert.Contains("certificate", refused.Error, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("https only", "directory", "compare", "city", "--at", "http://192.0.2.1/")]
    [InlineData("no http or https address", "directory", "compare", "city", "--at", "ldap://192.0.2.1/")]
    [InlineData("no http or https address", "reconcile", "--at", "https://somebody@192.0.2.1/")]
    [InlineData("belong to --at", "reconcile", "--tls-trust", "trust.pem")]
    [InlineData("belongs to an https address", "reconcile", "--at", "http://127.0.0.1/", "--tls-trust", "trust.pem")]
    [InlineData("holds no certificate", "reconcile", "--at", "https://127.0.0.1/", "--tls-trust", "trust.pem")]
    [InlineData("missing.pem", "reconcile", "--at", "https://127.0.0.1/", "--tls-trust", "missing.pem")]
    public async Task What_cannot_be_meant_is_told_in_words_before_anybody_is_asked(string words, params string[] command)
    {
        using Workplace work = new();
        work.Write("trust.pem", "no certificate"u8.ToArray());
        Outcome told = await Command.RunAsync(Tree.At("hufu"), command, work.Folder);
        Assert.Equal(2, told.ExitCode);
        Assert.Contains(words, told.Error, StringComparison.Ordinal);
    }
}
