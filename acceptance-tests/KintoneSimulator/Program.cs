using KintoneSimulator;

return await SimulatorProgram.RunAsync(args);
