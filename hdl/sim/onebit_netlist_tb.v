// Sends vectors/stimulus.hex through a netlist and compares the result with vectors/expected.hex, with random stalls at both
// ends. For Icarus Verilog and a design of a few thousand gates; onebit_checker.vhd does the same, and more, in VHDL.
//
// To define: TOP, the netlist's module; IN_BITS and IN_BEATS of an image; OUT_BEATS of a result; IMAGES.

`timescale 1ns / 1ns

module onebit_netlist_tb;
  localparam BEATS_IN = `IMAGES * `IN_BEATS;
  localparam BEATS_OUT = `IMAGES * `OUT_BEATS;

  reg [`IN_BITS-1:0] stimulus [0:BEATS_IN-1];
  reg [31:0] expected [0:BEATS_OUT-1];

  reg aclk = 0, aresetn = 0;
  reg tvalid_in = 0, tready_out = 0;
  wire tready_in, tvalid_out, tlast_out, bad_frame;
  wire [31:0] tdata_out;
  integer sent = 0, taken = 0, errors = 0, seed = 1;

  `TOP dut (
    .aclk(aclk), .aresetn(aresetn),
    .s_axis_tvalid(tvalid_in), .s_axis_tready(tready_in),
    .s_axis_tdata(tvalid_in ? stimulus[sent] : {`IN_BITS{1'bx}}),
    .s_axis_tlast(tvalid_in ? sent % `IN_BEATS == `IN_BEATS - 1 : 1'bx),
    .m_axis_tvalid(tvalid_out), .m_axis_tready(tready_out), .m_axis_tdata(tdata_out), .m_axis_tlast(tlast_out),
    .bad_frame(bad_frame)
  );

  always #5 aclk = ~aclk;
  initial begin
    $readmemh("vectors/stimulus.hex", stimulus);
    $readmemh("vectors/expected.hex", expected);
    #42 aresetn = 1;
  end

  // Inputs change after the falling edge, so that nothing races with the rising one.
  always @(posedge aclk) if (aresetn) begin
    if (bad_frame === 1'b1) begin
      errors = errors + 1;
      $display("a frame was dropped");
    end
    if (tvalid_out === 1'b1 && tready_out) begin
      if (tdata_out !== expected[taken] || tlast_out !== (taken % `OUT_BEATS == `OUT_BEATS - 1)) begin
        errors = errors + 1;
        $display("image %0d, beat %0d: is %h, expected %h", taken / `OUT_BEATS, taken % `OUT_BEATS, tdata_out,
          expected[taken]);
      end
      taken = taken + 1;
    end
    if (tvalid_in && tready_in === 1'b1) begin
      sent <= sent + 1;
      tvalid_in <= 0;
    end
    if (taken == BEATS_OUT || errors == 10) begin
      $display("onebit: %0d images, %0d errors, netlist", taken / `OUT_BEATS, errors);
      if (errors > 0) $fatal(1, "onebit: failed");
      $finish;
    end
  end

  always @(negedge aclk) if (aresetn) begin
    if (!tvalid_in) tvalid_in <= sent < BEATS_IN && $random(seed) % 4 != 0;
    tready_out <= $random(seed) % 4 != 0;
  end

  // A design that hangs does not finish by itself.
  initial begin
    #(`IMAGES * `CYCLES * 100);
    $fatal(1, "onebit: only %0d of %0d beats came", taken, BEATS_OUT);
  end
endmodule
