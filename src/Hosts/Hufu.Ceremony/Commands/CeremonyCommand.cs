using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Commands;

/// <summary><c>hufu ceremony …</c>. Exit code 0 done, 1 refused or not valid, 64 usage.</summary>
internal static class CeremonyCommand
{
    private const int Done = 0, Refused = 1;

    public static Command Create()
    {
        Option<bool> demo = new("--demo") { Description = "Play a whole ceremony from nothing in a temporary folder, with real tokens, and say what was done." };
        Option<string?> output = new("--out") { Description = "With --demo: the folder, new or empty.", HelpName = "DIR" };
        Option<bool> json = new("--json") { Description = "The result as JSON.", Recursive = true };
        Option<string?> font = new("--font") { Description = "A TrueType font with Chinese for the PDF; none for English only.", HelpName = "FILE", Recursive = true };
        Command command = new("ceremony", "Key ceremonies without a network: people, a written script, devices, a signed transcript.")
        {
            new HelpOption(), demo, output, json, font, New(), Person(), Check(), Run(json, font), Verify(json),
        };
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(demo))
            {
                parsed.InvocationConfiguration.Error.WriteLine("Say what to do: hufu ceremony --demo, new, person, check, run or verify (hufu ceremony --help).");
                return 64;
            }

            return Guarded(parsed, () =>
            {
                var watch = Stopwatch.StartNew();
                string folder = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine(Path.GetTempPath(), "hufu-ceremony-" + Hufu.Crypto.SecureRandom.NewId()[..8]));
                TextWriter words = parsed.GetValue(json) ? TextWriter.Null : parsed.InvocationConfiguration.Output;
                CeremonyEnd end = DemoCeremony.Play(folder, words, parsed.GetValue(font), TimeProvider.System);
                return Report(parsed.InvocationConfiguration.Output, parsed.GetValue(json), folder, end, watch.Elapsed);
            });
        });
        return command;
    }

    private static Command New()
    {
        Argument<string> folder = new("DIR") { Description = "A new or empty folder." };
        Command command = new("new", "Write a script to start from: the birth of a root CA.") { folder };
        command.SetAction(parsed => Guarded(parsed, () =>
        {
            string to = Path.Combine(parsed.GetValue(folder)!, "script.yaml");
            Directory.CreateDirectory(parsed.GetValue(folder)!);
            File.Copy(DemoCeremony.Template, to, overwrite: false);
            parsed.InvocationConfiguration.Output.WriteLine($"{to}\nNext: fill in people and names ('hufu ceremony person'), check it ('hufu ceremony check {to}'), print it, and play it ('hufu ceremony run {to}').");
            return Done;
        }));
        return command;
    }

    private static Command Person()
    {
        Argument<string> name = new("NAME") { Description = "The person's real name." };
        Option<string> token = new("--token") { Description = "The token's folder, new or empty.", Required = true, HelpName = "DIR" };
        Option<string> organisation = new("--organisation") { Description = "The person's organisation.", Required = true, HelpName = "NAME" };
        Command command = new("person", "Make a person's token with a certificate of its own, and print the line for the script.") { name, token, organisation };
        command.SetAction(parsed => Guarded(parsed, () =>
        {
            TextWriter words = parsed.InvocationConfiguration.Output;
            words.Write($"{parsed.GetValue(name)}: PIN (6–64): ");
            string? pin = Secret.Read(words);
            words.Write("again: ");
            if (pin is null || Secret.Read(words) != pin)
            {
                throw new CeremonyRefusal("The two PINs differ.", "Type the same PIN twice.");
            }

            Certificate certificate = PersonToken.Create(
                parsed.GetValue(token)!, parsed.GetValue(name)!, parsed.GetValue(organisation)!, pin, TimeProvider.System.GetUtcNow(), new DeviceOptions());
            words.WriteLine($"  - {{ name: {parsed.GetValue(name)}, role: …, token: {parsed.GetValue(token)}, certificate: {CeremonyTranscript.Digest(certificate.RawData.Span)} }}");
            return Done;
        }));
        return command;
    }

    private static Command Check()
    {
        Argument<string> script = new("SCRIPT") { Description = "A script." };
        Command command = new("check", "Read a script and print what it will do; every mistake is named with its line.") { script };
        command.SetAction(parsed => Guarded(parsed, () =>
        {
            CeremonyScript read = CeremonyScript.Load(parsed.GetValue(script)!);
            TextWriter words = parsed.InvocationConfiguration.Output;
            words.WriteLine($"{read.TitleZh} / {read.TitleEn}\nSM3 {read.Digest}");
            for (int i = 0; i < read.Steps.Count; i++)
            {
                words.WriteLine($"{i + 1,3}  {read.Steps[i].Zh}\n     {read.Steps[i].En}  [{string.Join("、", read.Steps[i].TakingPart.Select(p => p.Name))}]");
            }

            return Done;
        }));
        return command;
    }

    private static Command Run(Option<bool> json, Option<string?> font)
    {
        Argument<string> script = new("SCRIPT") { Description = "A script; everything comes out beside it." };
        Option<bool> yes = new("--yes") { Description = "Do not wait for the leader before each step." };
        Command command = new("run", "Play a script with the people at this machine.") { script, yes };
        command.SetAction(parsed => Guarded(parsed, () =>
        {
            var watch = Stopwatch.StartNew();
            CeremonyScript read = CeremonyScript.Load(parsed.GetValue(script)!);
            TextWriter words = parsed.GetValue(json) ? parsed.InvocationConfiguration.Error : parsed.InvocationConfiguration.Output;
            CeremonyEnd end = new Director(read, new ConsoleAttendant(words, !parsed.GetValue(yes)), TimeProvider.System, new DeviceOptions(), parsed.GetValue(font)).Play();
            return Report(parsed.InvocationConfiguration.Output, parsed.GetValue(json), read.Folder, end, watch.Elapsed);
        }));
        return command;
    }

    private static Command Verify(Option<bool> json)
    {
        Argument<string> file = new("FILE") { Description = "A transcript.p7s; the other files are looked for beside it." };
        Command command = new("verify", "Verify a signed transcript and the digests of the files beside it.") { file };
        command.SetAction(parsed => Guarded(parsed, () =>
        {
            string path = Path.GetFullPath(parsed.GetValue(file)!);
            CeremonyVerdict verdict = CeremonySignature.Verify(File.ReadAllBytes(path));
            List<string> problems = [.. verdict.Problems, .. EndReport.ChangedFiles(Path.GetDirectoryName(path)!, verdict.Transcript)];
            EndReport.WriteVerdict(parsed.InvocationConfiguration.Output, parsed.GetValue(json), verdict, problems);
            return problems.Count == 0 ? Done : Refused;
        }));
        return command;
    }

    private static int Report(TextWriter output, bool json, string folder, CeremonyEnd end, TimeSpan took)
    {
        EndReport.Write(output, json, folder, end, took);
        return end.Stopped is null && end.Verdict.IsValid ? Done : Refused;
    }

    /// <summary>What people did wrong is said in words with the next step, never as a trace.</summary>
    private static int Guarded(ParseResult parsed, Func<int> work)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        try
        {
            return work();
        }
        catch (CeremonyRefusal e)
        {
            error.WriteLine($"{e.Message}\n{e.Next}");
        }
        catch (Exception e) when (e is ScriptException or DeviceException or PkiException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
        }

        return Refused;
    }
}
