using System.Text;
using Hufu.Ceremony.Acts;
using Hufu.Ceremony.Authorities;
using Hufu.Ceremony.Paper;
using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Print;

namespace Hufu.Ceremony.Play;

/// <summary>How a ceremony ended.</summary>
/// <param name="Transcript">What everybody signed.</param>
/// <param name="Verdict">The signed transcript, taken in again and verified.</param>
/// <param name="Stopped">Why it ended early, with the next step; null when the whole script was done.</param>
/// <param name="PdfFont">The font of the PDF; null when it is in English only.</param>
internal sealed record CeremonyEnd(CeremonyTranscript Transcript, CeremonyVerdict Verdict, CeremonyRefusal? Stopped, PrintFont? PdfFont);

// The order of a ceremony:
//   1 nothing of an earlier one lies in the folder
//   2 each step: everybody whom it names signs in, it is done, everybody signs out; a line goes to journal.txt at once
//   3 what is refused stops the ceremony there; the record says so and is signed like any other
//   4 devices are deactivated, the transcript is written as Markdown and PDF, their digests into the JSON
//   5 everybody present signs the JSON; the signed file is read again and verified, and whoever did not sign is named

/// <summary>Leads people through a written script (6.6.2.1-a).</summary>
internal sealed class Director(CeremonyScript script, IAttendant attendant, TimeProvider clock, DeviceOptions options, string? fontFile)
{
    private const string Journal = "journal.txt";
    private static readonly string[] s_outcomes = [CeremonyTranscript.FileName, CeremonyTranscript.SignedFileName, TranscriptMarkdown.FileName, TranscriptPdf.FileName, Journal];

    [Clause("6.6.2.1-a")]
    public CeremonyEnd Play()
    {
        // 1
        if (s_outcomes.FirstOrDefault(f => File.Exists(Path.Combine(script.Folder, f))) is { } left)
        {
            throw new CeremonyRefusal($"{left} lies in {script.Folder} already: this script has been played.", "Copy the script into a new folder for another ceremony.");
        }

        PrintFont? font = TranscriptPdf.FindFont(fontFile); // a font that cannot be used is said before the people begin, not after they are done
        using CeremonyRoom room = new(script, clock, options);
        DateTimeOffset begun = WholeSecond.Of(clock.GetUtcNow());
        List<CeremonyAct> acts = [];
        CeremonyRefusal? stopped = null;
        foreach (CeremonyStep step in script.Steps)
        {
            if (!attendant.Begin(acts.Count + 1, script.Steps.Count, step))
            {
                stopped = new CeremonyRefusal("The leader stopped the ceremony.", "Play the rest as a script of its own.");
            }

            // 2
            stopped ??= Try(room, step, acts);
            if (stopped is not null)
            {
                // 3
                if (room.People.Count == 0)
                {
                    throw stopped;
                }

                Add(acts, step.Word, $"仪式在此步骤中止：{step.Zh}。原因：{stopped.Message}", $"Stopped at this step: {step.En}. {stopped.Message}", [], null);
                break;
            }
        }

        return Close(room, begun, acts, stopped, font);
    }

    private CeremonyRefusal? Try(CeremonyRoom room, CeremonyStep step, List<CeremonyAct> acts)
    {
        try
        {
            SignIn(room, step.TakingPart);
            StepOutcome outcome = step.Perform(room);
            Add(acts, step.Word, outcome.Zh, outcome.En, [.. step.TakingPart.Select(p => p.Name)], outcome.Digest);
            return null;
        }
        catch (CeremonyRefusal e)
        {
            return e;
        }
        catch (DeviceException e)
        {
            return new CeremonyRefusal(e.Message, $"The device refused ({e.Error}). Correct what it names and play the rest as a script of its own.");
        }
        catch (PkiException e)
        {
            return new CeremonyRefusal(e.Message, "A file is not what the step needs: check what was brought.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CeremonyRefusal(e.Message, "Check the medium and its rights.");
        }
        finally
        {
            room.SignOut();
        }
    }

    private void SignIn(CeremonyRoom room, IReadOnlyList<ScriptPerson> people)
    {
        foreach (ScriptPerson person in people.Distinct())
        {
            int? triesLeft = null;
            do
            {
                string pin = attendant.Pin(person, triesLeft) ?? throw new CeremonyRefusal($"{person.Name} did not sign in.", "Play the rest when everybody can.");
                triesLeft = room.SignIn(person, pin);
            }
            while (triesLeft is not null);
        }
    }

    private void Add(List<CeremonyAct> acts, string word, string zh, string en, IReadOnlyList<string> who, string? digest)
    {
        CeremonyAct act = new(acts.Count + 1, WholeSecond.Of(clock.GetUtcNow()), word, zh, en, who, digest);
        acts.Add(act);
        File.AppendAllText(Path.Combine(script.Folder, Journal), $"{act.Number}\t{act.Time:yyyy-MM-ddTHH:mm:ssZ}\t{word}\t{zh}\t{string.Join("、", who)}\t{digest}\n", Encoding.UTF8);
        attendant.Done(act);
    }

    // 4 and 5
    private CeremonyEnd Close(CeremonyRoom room, DateTimeOffset begun, List<CeremonyAct> acts, CeremonyRefusal? stopped, PrintFont? font)
    {
        CeremonyTranscript transcript = new()
        {
            Id = room.Id,
            Title = script.TitleZh,
            TitleEn = script.TitleEn,
            Place = script.Place,
            ScriptDigest = script.Digest,
            Begun = begun,
            Ended = WholeSecond.Of(clock.GetUtcNow()),
            People = room.People,
            Acts = acts,
            Keys = room.Keys.All,
            Files = room.Files(),
        };
        room.Write(TranscriptMarkdown.FileName, Encoding.UTF8.GetBytes(TranscriptMarkdown.Write(transcript, script)));
        room.Write(TranscriptPdf.FileName, TranscriptPdf.Write(transcript, script, font));
        transcript = transcript with { Files = room.Files() };
        byte[] json = transcript.Encode();
        room.Write(CeremonyTranscript.FileName, json);
        attendant.Signing(script.People.Count);
        SignedMessage? signed = null;
        foreach (ScriptPerson person in script.People)
        {
            try
            {
                SignIn(room, [person]);
                signed = CeremonySignature.Sign(json, signed, room.Token(person).GetSigner(person.Container), room.CertificateOf(person), clock.GetUtcNow());
            }
            catch (Exception e) when (e is CeremonyRefusal or DeviceException)
            {
                // The others' signatures are kept; the verdict names whoever did not sign.
            }
            finally
            {
                room.SignOut();
            }
        }

        room.Write(CeremonyTranscript.SignedFileName, (signed ?? throw new CeremonyRefusal("Nobody signed the transcript.", "The journal and transcript.json are there; the ceremony has no value without signatures.")).RawData.Span);
        return new CeremonyEnd(transcript, CeremonySignature.Verify(room.Read(CeremonyTranscript.SignedFileName)), stopped, font);
    }
}
