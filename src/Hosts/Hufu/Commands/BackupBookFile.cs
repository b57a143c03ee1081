using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Host.Commands;

/// <summary>Writes down what the commands have done, for the page of backups: a line of JSON each, at the end of a file beside the rooms' folders. A backup that is made is made, whether or not this can be written.</summary>
internal static class BackupBookFile
{
    public static void Add<T>(string data, string name, T line)
    {
        try
        {
            File.AppendAllText(Path.Combine(data, name), JsonSerializer.Serialize(line, ContractJson.Options) + "\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"hufu: {name} in {data} could not be written; the page of backups will not show this. {fault.Message}");
        }
    }
}
